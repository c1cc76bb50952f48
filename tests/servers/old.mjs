// Real servers of the generations before 4.x: npm's `socket.io` 1.7, 2.5 and 3.1.
//
//     const server = await startOld(2, { guard: true });
//
// Root namespace: `echo` (…args, ack) answers with its arguments, and emits them as `echoed`; `ask` (value) has the server ask the
// client with `question` and emit its answer as `answered`; `leave` disconnects the socket, `cut` closes the connection;
// `who` (ack) gives `{ id, query, authorization }`. `/admin` has the same, and wants `query.token` to be "good".
// Settings: `guard`, the root wants `query.token` or `Authorization: Bearer` to be "good"; `middleware`, it has some; `delay`, how
// long that takes, in milliseconds; `options`, those of socket.io.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { siteHandler } from "../browser/site.mjs";
import { stablePort } from "./port.mjs";

const require = createRequire(import.meta.url);

/** Starts a server of a generation: 1, 2 or 3. */
export async function startOld(generation, settings = {}) {
  const server = new Old(generation, settings);
  await server.start();
  return server;
}

class Old {
  url;
  /** Requests and WebSocket handshakes that have arrived: `{ method, url, headers }`. */
  log = [];
  /** Which one `start()` starts. */
  generation;
  #settings;
  #http;
  #connections = new Set();
  #port;

  constructor(generation, settings) {
    this.generation = generation;
    this.#settings = settings;
  }

  async start() {
    this.#http = createServer(siteHandler);
    this.#http.on("connection", (connection) => {
      this.#connections.add(connection);
      connection.once("close", () => this.#connections.delete(connection));
    });
    const note = ({ method, url, headers }) => this.log.push({ method, url, headers });
    this.io = mount(this.generation, this.#http, this.#settings);
    this.#http.prependListener("request", note);
    this.#http.prependListener("upgrade", (request) => note({ ...request, method: "upgrade", url: request.url, headers: request.headers }));
    this.#port ??= await stablePort();
    await new Promise((resolve, reject) => this.#http.once("error", reject).listen(this.#port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#port}`;
  }

  /** Ends all connections. `start()` begins anew on the same port. */
  async stop() {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    // Not `io.close()`: 1.x and 2.x wait for what never comes.
    for (const connection of this.#connections) connection.destroy();
    this.io.engine.clientsCount && this.io.engine.close();
    await closed;
  }
}

function mount(generation, http, { guard, middleware, delay, options }) {
  const cors = generation === 3 ? { cors: { origin: true, credentials: true } } : { handlePreflightRequest };
  const io = require(`socket.io-${generation}`)(http, { serveClient: false, ...cors, ...options });
  const refuse = (next) => {
    const error = new Error("invalid token");
    error.data = { message: "invalid token", code: "invalid_token" };
    next(error);
  };
  const isGood = (socket) => {
    const { query, headers } = socket.handshake;
    return query.token === "good" || headers.authorization === "Bearer good" || query["header.authorization"] === "Bearer good";
  };
  if (delay) io.use((_socket, next) => setTimeout(next, delay));
  if (guard) io.use((socket, next) => (isGood(socket) ? next() : refuse(next)));
  else if (middleware) io.use((_socket, next) => next());
  io.of("/admin").use((socket, next) => (socket.handshake.query.token === "good" ? next() : refuse(next)));
  for (const namespace of ["/", "/admin", "/chat"]) io.of(namespace).on("connection", serve);
  return io;
}

function serve(socket) {
  const answer = (args, reply) => {
    const ack = args.at(-1);
    if (typeof ack === "function") ack(...reply);
    else socket.emit("echoed", ...reply);
  };
  socket.on("echo", (...args) => answer(args, args.filter((arg) => typeof arg !== "function")));
  socket.on("ask", (value) => socket.emit("question", value, (...reply) => socket.emit("answered", ...reply)));
  socket.on("who", (ack) => {
    const { query, headers } = socket.handshake;
    ack({ id: socket.id, query, authorization: headers.authorization });
  });
  socket.on("count", (n) => {
    for (let i = 0; i < n; i++) socket.emit("counted", i);
  });
  socket.on("leave", () => socket.disconnect());
  socket.on("cut", () => socket.disconnect(true));
}

/** 2.x leaves preflight requests to the app. */
function handlePreflightRequest(request, response) {
  response.writeHead(200, {
    "Access-Control-Allow-Origin": request.headers.origin,
    "Access-Control-Allow-Headers": "authorization,content-type,x-tenant",
    "Access-Control-Allow-Credentials": "true",
  });
  response.end();
}
