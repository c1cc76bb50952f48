// The bench page: both clients side by side.
import "./fake-websocket.mjs";
import { watchMemories } from "./wasm-memory.mjs";

const wasmBytes = watchMemories();

// The clients come after the fake WebSocket and the watch are in place.
const clients = {};
for (const name of new URLSearchParams(location.search).getAll("client")) {
  clients[name] = (await import(`/bundle/${name}.js`)).io;
}
const work = { ...(await import("./cost.mjs")), ...(await import("./network.mjs")), wasmBytes };

/** Runs one measure with one of the clients. */
globalThis.measure = (name, measure, settings) => work[measure](clients[name], settings);
