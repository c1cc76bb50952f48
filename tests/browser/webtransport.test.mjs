// WebTransport over real HTTP/3, to the real server's engine.
import assert from "node:assert/strict";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage({ server: { webtransport: true } });
/** What the tests need: the page's own origin, because the server's `cors` closes sessions. */
const here = { sameOrigin: true, allow: [networkNoise, /ERR_QUIC|WebTransport/] };

const connectTo = async ({ io, kit }, url, hash, options) => {
  const webtransport = { serverCertificateHashes: [{ algorithm: "sha-256", value: Uint8Array.from(hash) }] };
  const socket = io(url, { transports: ["webtransport"], transportOptions: { webtransport }, ...options });
  await kit.connected(socket);
  return { transport: socket.io.engine.transport.name, echo: await socket.emitWithAck("echo-ack", "Grüße 😀") };
};

test("direct", async ({ run, server }) => {
  assert.deepEqual(await run(connectTo, server.url, server.certificateHash), { transport: "webtransport", echo: "Grüße 😀" });
}, here);
