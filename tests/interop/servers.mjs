// The servers of the interop suite, and how each is started. What they do: servers/README.md.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../../scripts/paths.mjs";
import { Failure, freePort, launch } from "../../scripts/process.mjs";

const here = (...names) => join(fileURLToPath(new URL("servers/", import.meta.url)), ...names);
const node = (name) => [process.execPath, [here("node.mjs"), name]];

/** By name: what people call it, its Socket.IO protocol, and the command. */
export const servers = {
  sio1: { title: "socket.io 1.7.4", protocol: 4, command: node("sio1") },
  sio2: { title: "socket.io 2.5.1", protocol: 4, command: node("sio2") },
  sio3: { title: "socket.io 3.1.2", protocol: 5, command: node("sio3") },
  sio4: { title: "socket.io 4.8.4", protocol: 5, command: node("sio4") },
  python: {
    title: "python-socketio 5.18.1 (ASGI)",
    protocol: 5,
    command: [join(paths.tools, "interop-python", "bin", "python"), [here("python", "server.py")]],
  },
  oxide: { title: "socketioxide 0.18.9 (axum)", protocol: 5, command: [join(paths.target, "interop", "debug", "interop-server"), []] },
};

/** Starts socket.io 4.8 over WebTransport: also `hash`, of its certificate, which outlives a restart. */
export async function startWebTransport() {
  const { hashedCertificate } = await import("../servers/webtransport/index.mjs");
  const { hash, ...certificate } = await hashedCertificate();
  const program = await startProgram([process.execPath, [here("node-webtransport.mjs")]], { CERTIFICATE: JSON.stringify(certificate) });
  return { ...program, hash };
}

/** Starts a program that listens on a port of its own: `{ url, restart, stop }`. */
export async function startProgram([command, args], env = {}) {
  const port = await freePort();
  let child;
  const start = async () => (child = await begin(command, args, { ...process.env, ...env, PORT: String(port) }));
  // As a machine that loses its power, unless another signal is wanted: nobody is told.
  const stop = async (signal = "SIGKILL") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await closed;
  };
  await start();
  const restart = async () => {
    await stop();
    await start();
  };
  return { url: `http://127.0.0.1:${port}`, port, start, restart, stop };
}

/** Starts it and waits until it listens. */
function begin(command, args, env) {
  const child = launch(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let written = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      written += text;
      if (/^READY$/m.test(written)) resolve(child);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Failure(`${command} ended with ${code ?? signal} before it listened`)));
  });
}
