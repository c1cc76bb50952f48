// What tests use in the page: waiting with a deadline, and results that survive the way back to Node.
const patience = 15_000;

/** Resolves with the arguments of the next `event`; rejects, naming it, when it doesn't come. */
export function once(emitter, event, timeout = patience) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no "${event}" in ${timeout} ms`)), timeout);
    emitter.once(event, (...args) => {
      clearTimeout(timer);
      resolve(args);
    });
  });
}

/** Resolves when the socket is connected; rejects on `connect_error`. */
export function connected(socket) {
  if (socket.connected) return Promise.resolve(socket);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("not connected in time")), patience);
    const settle = (done) => (result) => {
      clearTimeout(timer);
      socket.off("connect", onConnect).off("connect_error", onError);
      done(result);
    };
    const onConnect = settle(() => resolve(socket));
    const onError = settle((error) => reject(new Error(`connect_error: ${error?.message ?? error}`)));
    socket.on("connect", onConnect).on("connect_error", onError);
  });
}

/** Resolves when the connection has moved from polling to WebSocket, on both sides. */
export async function upgraded(socket) {
  await connected(socket);
  await until(() => socket.io.engine.transport.name === "websocket", "the upgrade");
  await socket.emitWithAck("server-upgraded");
}

/** Resolves with the first truthy value of `check()`. */
export async function until(check, what = String(check), timeout = patience) {
  const deadline = performance.now() + timeout;
  for (;;) {
    const value = check();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`never happened in ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Resolves with the arguments of the first `n` events. */
export async function collect(emitter, event, n) {
  const all = [];
  emitter.on(event, (...args) => all.push(args));
  await until(() => all.length >= n, `${n} × "${event}"`);
  return all;
}

/** Resolves with what the promise rejects with, as `errorShape`; rejects when it doesn't. */
export async function rejection(promise) {
  const value = await promise.then(
    () => undefined,
    (error) => ({ error }),
  );
  if (!value) throw new Error("resolved, where an error was due");
  return errorShape(value.error);
}

/** How `make()` fails, as `errorShape`: by throwing, or, the socket that it returns, by `connect_error`. */
export async function failure(make) {
  let socket;
  try {
    socket = make();
  } catch (error) {
    return { ...errorShape(error), thrown: true };
  }
  const error = await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("neither connected nor failed")), patience);
    socket.once("connect_error", resolve);
    socket.once("connect", () => reject(new Error("connected, where an error was due")));
  });
  const { active } = socket;
  socket.disconnect();
  return { ...errorShape(error), thrown: false, active };
}

/** What an app sees of an error. */
export function errorShape(error) {
  if (!(error instanceof Error)) return { isError: false, value: String(error) };
  const { name, message, code, type, data, willRetry, hint, transport } = error;
  return { isError: true, name, message, code, type, data, willRetry, hint, transport, keys: Object.keys(error) };
}

/** Binary values as `{ $binary: [bytes] }`, as the server's `inspect` shows them; other values as they are. */
export function plain(value) {
  if (value instanceof ArrayBuffer) return { $binary: [...new Uint8Array(value)] };
  if (ArrayBuffer.isView(value) || value instanceof Blob) return { $notAnArrayBuffer: value.constructor.name };
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

/** The `transports` option for one of "xhr", "fetch", "websocket", "upgrade"; by marker, as both clients have them. */
export function transports({ XHR, Fetch }, name) {
  return { xhr: [XHR], fetch: [Fetch], websocket: ["websocket"], upgrade: ["polling", "websocket"] }[name];
}
