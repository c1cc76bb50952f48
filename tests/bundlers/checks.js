// What every app does in its page or its worker, whatever built it. This file is copied into the apps.

/** Connects to `server` in each way, and to `closed`, where nothing listens; what came of it. */
export async function check(io, { server, closed } = Object.fromEntries(new URLSearchParams(location.search))) {
  const extraHeaders = { Authorization: "Bearer demo" };
  const connect = (options) => io(server, { forceNew: true, ...options });
  return {
    websocket: await converse(connect({ transports: ["websocket"], extraHeaders })),
    polling: await converse(connect({ transports: ["polling"], extraHeaders })),
    echo: await converse(connect()).then(({ echo }) => echo),
    failure: await failure(io(closed, { forceNew: true, reconnection: false })),
    trace: await traced(connect({ autoConnect: false })),
    modules: performance.getEntriesByType("resource").filter(isModule).length,
  };
}

/** Whether this is a module that was fetched, or looked for. */
function isModule({ name, initiatorType }) {
  return initiatorType === "fetch" && new URL(name).pathname.endsWith(".wasm");
}

async function converse(socket) {
  let plan;
  socket.io.on("placement", (told) => (plan = told));
  await new Promise((resolve, reject) => socket.on("connect", resolve).on("connect_error", reject));
  const echo = await socket.emitWithAck("echo", "Grüße 😀");
  const { authorization } = await socket.emitWithAck("headers");
  const transport = socket.io.engine.transport.name;
  socket.disconnect();
  const entry = plan.entries.find(({ name }) => name === "Authorization");
  return { echo, authorization, transport, placement: entry?.placement };
}

/** Why it could not connect. */
async function failure(socket) {
  const { code, hint } = await new Promise((resolve) => socket.on("connect_error", resolve));
  socket.disconnect();
  return { code, hint: typeof hint };
}

/** What the trace is made of. */
async function traced(socket) {
  const entry = new Promise((resolve) => socket.io.on("trace", resolve));
  socket.connect();
  const told = typeof (await entry);
  socket.disconnect();
  return told;
}
