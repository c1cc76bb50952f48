// A server that redirects to another origin, be it by mistake: no credential goes along.
import assert from "node:assert/strict";
import { startRedirecting } from "../servers/redirecting.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const ours = "it follows wherever the browser goes";
const canary = "canary-7f3a";

/** What reached the other origin by the time that the connection has failed. */
async function redirected({ run, t }, settings, transport, options) {
  const server = await startRedirecting(settings);
  t.after(server.stop);
  const connected = await run(async ({ io, kit }, url, name, options) => {
    const socket = io(url, { reconnection: false, transports: kit.transports(name), ...options });
    await Promise.race([kit.once(socket, "connect_error"), kit.once(socket, "disconnect")]);
    return socket.connected;
  }, server.url, transport, options);
  assert.equal(connected, false);
  return JSON.stringify(server.seen);
}

const credentials = {
  "headers": { extraHeaders: { Authorization: `Bearer ${canary}`, "X-Key": canary } },
  "headers, where cookies are sent": { withCredentials: true, extraHeaders: { "X-Key": canary } },
  "the query": { query: { token: canary } },
};

for (const transport of ["xhr", "fetch"]) {
  for (const status of [307, 302]) {
    for (const [what, options] of Object.entries(credentials)) {
      test(`a handshake redirected with ${status} takes no credential along: ${what}, over ${transport}`, async (context) => {
        assert.doesNotMatch(await redirected(context, { status }, transport, options), /canary/);
      }, { ours, allow: [networkNoise] });
    }

    // Whoever has the session's id can speak for it.
    test(`a POST redirected with ${status} takes neither auth nor session along, over ${transport}`, async (context) => {
      const options = { auth: { token: canary }, extraHeaders: { "X-Key": canary } };
      assert.doesNotMatch(await redirected(context, { status, method: "POST" }, transport, options), /canary|sid=/);
    }, { ours, allow: [networkNoise] });
  }
}
