// The client's own work, through the fake WebSocket. Each function makes everything ready and returns what is to be timed:
// `{ work, done, close }`. `work(i)` does it once; `done()` says whether it has all been done.
import { frame, latest } from "./fake-websocket.mjs";
import { binaryFrames, payload, textFrames } from "./payloads.mjs";

/** A connected socket on a fake WebSocket of its own. */
async function open(io) {
  const socket = io("http://fake.invalid", { transports: ["websocket"], forceNew: true, reconnection: false });
  const fake = latest();
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  return { socket, fake, close: () => socket.disconnect() };
}

/** How many messages are made beforehand, to be used in turn. */
const variants = (size) => (size > 10_000 ? 4 : 64);

/** Receives messages of `size` bytes. */
export async function receive(io, { n, size, binary = false }) {
  const { socket, fake, close } = await open(io);
  const frames = binary ? binaryFrames(size, 4) : textFrames(size, variants(size));
  const events = frames.map((parts) => parts.map(frame));
  let received = 0;
  socket.on("message", () => received++);
  const work = (i) => {
    for (const event of events[i % events.length]) fake.deliver(event);
  };
  return { work, done: () => received === n, close };
}

/** Emits such messages. */
export async function emit(io, { n, size, binary = false }) {
  const { socket, fake, close } = await open(io);
  const make = binary ? (id) => new Uint8Array(size).fill(id) : (id) => payload(size, id);
  const values = Array.from({ length: variants(size) }, (_, id) => make(id));
  const frames = n * (binary ? 2 : 1);
  fake.sent = 0;
  return { work: (i) => socket.emit("message", values[i % values.length]), done: () => fake.sent === frames, close };
}

/** Emits and gets the acknowledgement, one after the other. */
export async function acknowledge(io, { n }) {
  const { socket, fake, close } = await open(io);
  fake.answers = true;
  let answered = 0;
  const ack = () => answered++;
  const work = async (i) => {
    socket.emit("message", i, ack);
    while (answered <= i) await null;
  };
  return { work, done: () => answered === n, close };
}

let ready;

/** Makes a measure ready; `run` and `idle` are about this one until the next. */
export async function prepare(io, { call, settings }) {
  ready = { ...(await { receive, emit, acknowledge }[call](io, settings)), n: settings.n };
}

/** Does the work. Each is followed by a turn of the microtasks, as each frame and each click is in life. */
export async function run() {
  await loop(ready.n, ready.work);
  const deadline = performance.now() + 30_000;
  while (!ready.done()) {
    await null;
    if (performance.now() > deadline) throw new Error("some messages never came");
  }
  ready.close();
}

/** As many turns with nothing in them: what the loop itself takes. */
export async function idle() {
  await loop(ready.n, () => {});
}

async function loop(n, act) {
  for (let i = 0; i < n; i++) await act(i);
}
