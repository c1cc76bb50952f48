// The package in Node: rendering on a server imports the client, and the server uses the companion.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { App, run } from "./app.mjs";

let app;

before(async () => {
  app = await App.create();
});
after(() => app?.remove());

/** Runs a module of the app in a Node of its own, which has to end by itself; what it prints, parsed. */
async function runInNode(source) {
  const file = await app.write("main.js", source);
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: app.folder, timeout: 20_000 });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

for (const entry of ["socketio-wasm", "socketio-wasm/full", "socketio-wasm/init"]) {
  test(`importing ${entry} does nothing: no global is changed, nothing keeps the process`, async () => {
    const seen = await runInNode(`
      const describe = () => Object.entries(Object.getOwnPropertyDescriptors(globalThis));
      const before = new Map(describe());
      const looked = new Set();
      // Not setTimeout: it is remembered, for the option useNativeTimers.
      for (const name of ["window", "self", "document", "location", "navigator", "XMLHttpRequest", "WebSocket", "fetch", "WebAssembly"]) {
        const { value = globalThis[name] } = before.get(name) ?? {};
        const get = () => (new Error().stack.includes("socketio-wasm/dist") && looked.add(name), value);
        Object.defineProperty(globalThis, name, { configurable: true, get, set() {} });
      }
      // Node itself replaces these when they are first looked at.
      void [TextDecoder, TextEncoder];
      const watched = new Map(describe());
      const exports = await import(${JSON.stringify(entry)});
      const isSame = (a, b) => Object.is(a?.value, b.value) && a?.get === b.get;
      const changed = describe().filter(([name, property]) => !watched.has(name) || !isSame(watched.get(name), property));
      console.log(JSON.stringify({
        changed: changed.map(([name]) => name),
        looked: [...looked],
        resources: process.getActiveResourcesInfo().filter((name) => name === "Timeout"),
        exports: Object.keys(exports).sort(),
      }));
    `);
    const names = ["Fetch", "Manager", "NodeWebSocket", "NodeXHR", "Socket", "WebSocket", "WebTransport", "XHR", "connect", "default", "io", "protocol"];
    const exports = entry.endsWith("init") ? [...names, "init"].sort() : names;
    assert.deepEqual(seen, { changed: [], looked: [], resources: [], exports });
  });
}

test("a socket that does not connect may be made in Node", async () => {
  const seen = await runInNode(`
    import { io } from "socketio-wasm";
    const socket = io("https://example.com", { autoConnect: false, extraHeaders: { Authorization: "Bearer t" } });
    socket.on("news", () => {});
    console.log(JSON.stringify({ nsp: socket.nsp, connected: socket.connected, active: socket.active }));
  `);
  assert.deepEqual(seen, { nsp: "/", connected: false, active: false });
});

test("socketio-wasm/server works with the server's socket.io", async () => {
  await app.link("socket.io");
  await app.link("socket.io-client");
  const seen = await runInNode(`
    import { Server } from "socket.io";
    import { io } from "socket.io-client";
    import { install, restoreHeaders } from "socketio-wasm/server";
    const server = new Server(0);
    install(server, { allow: ["authorization"] });
    const port = server.httpServer.address().port;
    server.on("connection", ({ handshake, data }) => {
      console.log(JSON.stringify({ header: handshake.headers.authorization, auth: handshake.auth, ...data, kind: typeof restoreHeaders }));
      client.disconnect();
      server.close();
    });
    const auth = { user: "u", headers: { authorization: "Bearer t" } };
    const client = io(\`http://127.0.0.1:\${port}\`, { transports: ["websocket"], auth });
  `);
  const restoredHeaders = [{ name: "authorization", from: "payload" }];
  assert.deepEqual(seen, { header: "Bearer t", auth: { user: "u" }, restoredHeaders, kind: "function" });
});

test("files that the exports map doesn't name can't be imported", async () => {
  const codes = await runInNode(`
    const codes = [];
    for (const path of ["dist/index.js", "dist/shared.js", "server/index.js", "types/index.d.ts"]) {
      await import("socketio-wasm/" + path).catch(({ code }) => codes.push(code));
    }
    const { default: manifest } = await import("socketio-wasm/package.json", { with: { type: "json" } });
    console.log(JSON.stringify([...codes, manifest.name, import.meta.resolve("socketio-wasm/socketio.wasm").endsWith("/dist/socketio.wasm")]));
  `).catch((error) => error.message);
  const hidden = "ERR_PACKAGE_PATH_NOT_EXPORTED";
  assert.deepEqual(codes, [hidden, hidden, hidden, hidden, "socketio-wasm", true]);
});
