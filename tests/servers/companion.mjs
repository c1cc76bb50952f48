// The real server that browser tests, wasm tests and the bench talk to: npm's `socket.io` 4.8.
//
//     PORT=46100 node tests/servers/companion.mjs      prints READY {"port":46100}; SIGTERM closes it
//
// Environment: PORT (46100), HOST (127.0.0.1), MAX_PAYLOAD (socket.io's own 1e6 bytes).
// CORS is open: any origin, credentials, any header that a preflight asks for.
//
// Two servers share the port: `/socket.io/` and, with connection state recovery, `/recovery/`. Both have the same
// namespaces: `/`, `/chat`, any `/room-<digits>`, and `/admin`, which wants the token `demo-valid` in `auth.token` or in
// `Authorization: Bearer …` and otherwise answers Error("invalid token") with `data: {code: "invalid_token", status:
// 401}`. What each event does is listed in `companion-events.mjs`. `socketio-wasm/server` is installed where it's there.
//
// With the setting `webtransport`, both are there over HTTP/3 too, on the same port: `certificateHash` is what the page needs.
// The server's `cors` closes such sessions, so there is none then, and the page has to come from here (`handler`).
//
// As a module: `startServer(settings)`; see `Companion` for what a test can do with the result.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { Server } from "socket.io";
import { addHandlers } from "./companion-events.mjs";
import { stablePort } from "./port.mjs";
import { until } from "./until.mjs";

const restoreModule = new URL("../../pkg/server/index.js", import.meta.url);
const restorable = ["authorization", "x-tenant", "x-request-id", "x-unicode"];

/**
 * Starts a server. Settings: `port` (0: any free one), `host`, `options` (socket.io's), `recovery` (options of the second
 * server), `handler` (what answers requests that aren't Socket.IO's), `allow` (headers that may be restored).
 */
export async function startServer(settings = {}) {
  const server = new Companion(settings);
  await server.start();
  return server;
}

class Companion {
  /** `http://host:port`, no slash at the end. */
  url;
  port;
  /** The socket.io server at `/socket.io/`. */
  io;
  /** The one with connection state recovery, at `/recovery/`. */
  recovery;
  /** How many requests have arrived since the start (restarts included), by method; `upgrade` are WebSocket handshakes. */
  requests = { GET: 0, POST: 0, OPTIONS: 0, upgrade: 0 };
  /** Each of them: `{ method, url, headers }`. */
  log = [];
  /** With `webtransport`: how many sessions have begun. */
  sessions = 0;
  /** Each socket that left: `{ id, nsp, reason }`. */
  disconnects = [];

  #settings;
  #http;
  #bridge;
  #certificate;
  #connections = new Set();
  /** Where a WebSocket is welcome. */
  #webSocketPaths;

  constructor(settings) {
    this.#settings = { port: 0, host: "127.0.0.1", options: {}, recovery: {}, allow: restorable, ...settings };
  }

  /** With `webtransport`: what a page needs in `serverCertificateHashes`, as an array. */
  get certificateHash() {
    return this.#certificate?.hash;
  }

  /** With `webtransport`: how many sessions are open. Those of a page that is gone stay for a while. */
  get openSessions() {
    return this.#bridge.wires.size;
  }

  /** Starts listening; after `stop()`, on the same port as before. */
  async start() {
    const { host, handler, options, recovery, webtransport } = this.#settings;
    this.#http = createServer(handler ?? ((_request, response) => response.writeHead(404).end()));
    this.#http.on("connection", (connection) => {
      this.#connections.add(connection);
      connection.once("close", () => this.#connections.delete(connection));
    });
    this.#webSocketPaths = [];
    const cors = webtransport ? {} : { cors: { origin: true, credentials: true } };
    const transports = webtransport ? { transports: ["polling", "websocket", "webtransport"] } : {};
    const shared = { ...cors, ...transports, destroyUpgrade: false, serveClient: false };
    this.io = await this.#mount({ ...shared, ...options });
    this.recovery = await this.#mount({
      ...shared,
      path: "/recovery/",
      connectionStateRecovery: { maxDisconnectionDuration: 60_000 },
      ...recovery,
    });
    // Last, and first in line: socket.io keeps the requests of its path from listeners that were there before it.
    this.#http.prependListener("request", (request) => this.#count(request.method, request));
    this.#http.prependListener("upgrade", (request, connection) => {
      this.#count("upgrade", request);
      const path = request.url.split("?")[0];
      if (!this.#webSocketPaths.includes(path)) connection.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    this.port ??= this.#settings.port || (await stablePort(host));
    await new Promise((resolve, reject) => this.#http.once("error", reject).listen(this.port, host, resolve));
    this.url = `http://${host}:${this.port}`;
    if (webtransport) await this.#bridgeSessions();
  }

  /** Stops listening and closes every connection: in order, or, when `abrupt`, by cutting the wires. */
  async stop({ abrupt = false } = {}) {
    if (abrupt) this.cut();
    const closed = Promise.all([this.io.close(), this.recovery.close()]);
    // A browser that keeps a connection alive must not keep the server.
    const deadline = setTimeout(() => this.cut(), 1_000);
    await closed;
    clearTimeout(deadline);
    this.cut();
    await this.#bridge?.stop();
  }

  /** Cuts every TCP connection without a word. */
  cut() {
    for (const connection of this.#connections) connection.destroy();
    this.#bridge?.cut();
  }

  /** Forgets the requests that were counted. */
  resetCounts() {
    for (const method of Object.keys(this.requests)) this.requests[method] = 0;
    this.log.length = 0;
  }

  /** Resolves when `check(this)` is true. */
  until(check, what) {
    return until(() => check(this), what);
  }

  async #mount(options) {
    const io = new Server(this.#http, options);
    const { path = "/socket.io/", addTrailingSlash = true, transports = ["websocket"] } = options;
    if (transports.includes("websocket")) this.#webSocketPaths.push(path.replace(/\/$/, "") + (addTrailingSlash ? "/" : ""));
    if (existsSync(restoreModule)) {
      const { install } = await import(restoreModule.href);
      install(io, { allow: this.#settings.allow });
    }
    addHandlers(io, (socket, reason) => this.disconnects.push({ id: socket.id, nsp: socket.nsp.name, reason }));
    return io;
  }

  async #bridgeSessions() {
    const { startBridge, sessionOf, hashedCertificate } = await import("./webtransport/index.mjs");
    this.#certificate ??= await hashedCertificate();
    const handle = (io) => (wire) => {
      this.sessions++;
      // Rejects where a session breaks before it has begun.
      io.engine.onWebTransportSession(sessionOf(wire)).catch(() => {});
    };
    const handlers = { "/socket.io/": handle(this.io), "/recovery/": handle(this.recovery) };
    this.#bridge = await startBridge({ port: this.port, certificate: this.#certificate, handlers });
  }

  #count(method, { url, headers }) {
    this.requests[method] = (this.requests[method] ?? 0) + 1;
    this.log.push({ method, url, headers });
  }
}

async function main() {
  const { PORT = "46100", HOST: host = "127.0.0.1", MAX_PAYLOAD } = process.env;
  const options = MAX_PAYLOAD ? { maxHttpBufferSize: Number(MAX_PAYLOAD) } : {};
  const server = await startServer({ port: Number(PORT), host, options });
  const stop = () => server.stop().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  console.log(`READY ${JSON.stringify({ port: server.port })}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
