// What the client does with a real server, over WebSocket.
import { payload } from "./payloads.mjs";

const options = { transports: ["websocket"], forceNew: true, reconnection: false };

async function open(io) {
  const socket = io(location.origin, options);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  await socket.emitWithAck("echo-ack");
  return socket;
}

/** Receives `n` messages; the seconds that takes. */
export async function download(io, { n, kind, size }) {
  const socket = await open(io);
  const start = performance.now();
  await receiveBurst(socket, { n, kind, size });
  const seconds = (performance.now() - start) / 1_000;
  socket.disconnect();
  return seconds;
}

/** Emits `n` messages until the server has them all; the seconds that takes. */
export async function upload(io, { n, kind, size }) {
  const socket = await open(io);
  const value = { text: () => "x".repeat(size), json: () => payload(size, 1), binary: () => new Uint8Array(size).fill(7) }[kind]();
  const start = performance.now();
  for (let i = 0; i < n - 1; i++) socket.emit("count", i, value);
  const { received, ordered } = await socket.emitWithAck("count", n - 1, value);
  const seconds = (performance.now() - start) / 1_000;
  if (received !== n || !ordered) throw new Error(`the server counted ${received} of ${n}, ordered: ${ordered}`);
  socket.disconnect();
  return seconds;
}

/** Asks `n` times, one after the other; microseconds for each. */
export async function roundTrip(io, { n }) {
  const socket = await open(io);
  const start = performance.now();
  for (let i = 0; i < n; i++) await socket.emitWithAck("echo-ack", i);
  const spent = performance.now() - start;
  socket.disconnect();
  return (spent * 1_000) / n;
}

/** Opens a socket that `exchange` uses; for the measure of memory. */
export async function hold(io) {
  globalThis.held = await open(io);
}

/** Receives `n` messages and emits as many, on the socket that is held. */
export async function exchange(_io, { n }) {
  for (let left = n; left > 0; left -= 5_000) {
    const some = Math.min(left, 5_000);
    await receiveBurst(held, { n: some, kind: "text", size: 40 });
    for (let i = 0; i < some; i++) held.emit("silent", { i, text: "the quick brown fox" });
    await held.emitWithAck("echo-ack");
  }
}

function receiveBurst(socket, { n, kind, size }) {
  return new Promise((resolve, reject) => {
    let next = 0;
    socket.on("burst", (i) => {
      if (i !== next++) reject(new Error(`message ${i} where ${next - 1} was due`));
      if (next < n) return;
      socket.off("burst");
      resolve();
    });
    socket.emit("burst", { n, kind, size });
  });
}
