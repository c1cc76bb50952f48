// WebTransport for the tests' servers: HTTP/3 is a program in Python beside this file, which Node lacks, and carries each
// session's stream to a function here.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import { paths } from "../../../scripts/paths.mjs";
import { launch } from "../../../scripts/process.mjs";

const program = fileURLToPath(new URL("bridge.py", import.meta.url));
const python = join(paths.python, "bin", "python");
const day = 86_400_000;

/**
 * Listens for HTTP/3 on a UDP port (any free one without): `{ port, wires, cut, pause, stop }`. `handlers` has for each path what is called
 * with a session's TCP connection; `wires` are those that are open, and `cut` breaks them; after `pause`, HTTP/3 is
 * silent. With `halfClose`, a TCP connection that
 * ends takes the stream with it and leaves the session open.
 */
export async function startBridge({ port = 0, certificate, handlers, halfClose = false }) {
  const directory = await mkdtemp(join(tmpdir(), "socketio-wasm-bridge-"));
  const files = { certificate: join(directory, "certificate.pem"), key: join(directory, "key.pem") };
  await Promise.all([writeFile(files.certificate, certificate.cert), writeFile(files.key, certificate.key)]);

  const wires = new Set();
  const servers = await Promise.all(Object.values(handlers).map((handler) => listen(handler, wires)));
  const targets = Object.keys(handlers).map((path, index) => `${path}=${servers[index].address().port}`);
  const args = ["--port", String(port), "--certificate", files.certificate, "--key", files.key, "--to", ...targets];
  const child = launch(python, [program, ...args, ...(halfClose ? ["--half-close"] : [])]);
  const chosen = await ready(child);

  const stop = async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    child.kill("SIGCONT");
    // First, because it connects again for each page that does.
    await ended;
    for (const wire of wires) wire.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await rm(directory, { recursive: true, force: true });
  };
  const cut = () => {
    for (const wire of wires) wire.resetAndDestroy();
  };
  return { port: chosen, wires, cut, pause: () => child.kill("SIGSTOP"), stop };
}

/** What `engine.onWebTransportSession` takes, made of a session's TCP connection; `cut` breaks it. */
export function sessionOf(wire) {
  const stream = Duplex.toWeb(wire);
  return {
    closed: new Promise((resolve) => wire.once("close", resolve)),
    close: () => wire.end(),
    cut: () => wire.resetAndDestroy(),
    incomingBidirectionalStreams: new ReadableStream({ start: (controller) => controller.enqueue(stream) }),
  };
}

/**
 * A certificate as browsers want it, to take it by its hash: of an elliptic curve, and for no more than two weeks. `{ cert, key,
 * hash }`; the hash is what a page needs in `serverCertificateHashes`, as an array.
 */
export async function hashedCertificate() {
  const name = [{ name: "commonName", value: "127.0.0.1" }];
  const dates = { notBeforeDate: new Date(Date.now() - day), notAfterDate: new Date(Date.now() + 9 * day) };
  const { cert, private: key } = await generate(name, { keyType: "ec", curve: "P-256", algorithm: "sha256", ...dates });
  const hash = [...createHash("sha256").update(new X509Certificate(cert).raw).digest()];
  return { cert, key, hash };
}

async function listen(handler, wires) {
  const server = createServer({ noDelay: true }, (wire) => {
    wires.add(wire);
    wire.once("close", () => wires.delete(wire));
    wire.on("error", () => {});
    handler(wire);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return server;
}

/** Resolves with the UDP port on which it listens. */
function ready(child) {
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`the bridge ended with ${code}\n${said}`)));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      const port = /READY (\d+)/.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
  });
}
