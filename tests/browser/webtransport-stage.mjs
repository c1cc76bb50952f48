// What the tests of WebTransport have in common.
import { networkNoise, stage } from "./harness.mjs";

const noise = [networkNoise, /net::ERR_|WebTransport/];

/**
 * A stage whose pages have `over(hash, more)`: the options of a connection over WebTransport, to a server with a certificate of that
 * hash. Tests get the companion's `hash` too. The page comes from the companion, whose sessions don't allow `cors`.
 */
export function stageSessions() {
  const { test } = stage({ server: { webtransport: true } });
  const prepared = (name, body, options) => {
    const prepare = async (tools) => {
      await tools.run(() => {
        globalThis.over = (hash, more) => {
          const webtransport = { serverCertificateHashes: [{ algorithm: "sha-256", value: Uint8Array.from(hash) }] };
          return { forceNew: true, transports: ["webtransport"], reconnectionDelay: 20, transportOptions: { webtransport }, ...more };
        };
      });
      await body({ ...tools, hash: tools.server.certificateHash });
    };
    test(name, prepare, { sameOrigin: true, allow: noise, webkit: "it has no WebTransport", ...options });
  };
  return { test: prepared };
}

// A server of a test's own, by hand.

export const handshake = '0{"sid":"S","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
/** A frame with a text of less than 256 bytes. */
export const frame = (text) => Buffer.concat([Buffer.from([126, 0, Buffer.byteLength(text)]), Buffer.from(text)]);
/** What lets a client in. */
export const greeting = Buffer.concat([frame(handshake), frame('40{"sid":"s"}')]);
