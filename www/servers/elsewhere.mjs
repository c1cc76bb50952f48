// Servers at other origins than the page's, each started when the page asks for it. Most of them are misconfigured on
// purpose, in ways that a client can find out; they're real socket.io servers.
import { createServer } from "node:http";
import { Server } from "socket.io";
import createServer2 from "socket.io-2";

const anybody = { cors: { origin: true } };

/** By kind: what is mounted on a server that listens. `lab` has what they need of the lab. */
const kinds = {
  // Fine ones.
  open: (http, { equip }) => equip(mount(http, anybody)),
  recovering: (http, { equip }) => equip(mount(http, { ...anybody, connectionStateRecovery: {} })),
  counting: (http, { equip }) => count(http, equip(mount(http, anybody))),

  // Ones that fail.
  closed: (http) => void http.close(),
  "no-cors": (http) => mount(http),
  "other-origin": (http) => mount(http, { cors: { origin: "https://elsewhere.example" } }),
  "any-origin": (http) => mount(http, { cors: { origin: "*" } }),
  "other-header": (http) => mount(http, { cors: { origin: true, allowedHeaders: ["authorization"] } }),
  "no-preflight": (http) => createServer2(http, { serveClient: false }),
  redirect: (http, { url }) => void http.on("request", redirectTo(url)),
  401: (http) => refuse(mount(http, anybody)),
  403: (http) => mount(http, { ...anybody, allowRequest: (_request, decide) => decide("This server lets nobody in", false) }),
};

export class Elsewhere {
  #lab;
  /** @type {Map<string, Promise<{ url: string, close: () => Promise<void> }>>} */
  #servers = new Map();

  /**
   * @param {object} lab
   * @param {(io: Server) => Server} lab.equip Opens the lab's namespaces.
   * @param {string} lab.url Where the lab itself is, as `http://127.0.0.1:8080`.
   */
  constructor(lab) {
    this.#lab = lab;
  }

  /** The URL of the server of a kind, or undefined. */
  async url(kind) {
    if (!Object.hasOwn(kinds, kind)) return undefined;
    if (!this.#servers.has(kind)) this.#servers.set(kind, start(kinds[kind], this.#lab));
    return (await this.#servers.get(kind)).url;
  }

  async close() {
    for (const server of this.#servers.values()) await (await server).close();
  }
}

async function start(prepare, lab) {
  const http = createServer();
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${http.address().port}`;
  const io = prepare(http, lab);
  const close = async () => {
    // A browser that keeps a connection alive must not keep the server.
    http.closeAllConnections();
    if (io) await new Promise((resolve) => io.close(resolve));
    else http.close();
  };
  return { url, close };
}

const mount = (http, options) => new Server(http, { serveClient: false, ...options });

/** Refuses every handshake, as a proxy with a login would. */
function refuse(io) {
  io.engine.use((_request, response) => response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end("Unauthorized"));
  return io;
}

/** Sends everybody to another server, in a way that the browser may follow. */
function redirectTo(target) {
  return ({ method, url, headers }, response) => {
    response.setHeader("Access-Control-Allow-Origin", headers.origin ?? "*");
    response.setHeader("Access-Control-Allow-Headers", headers["access-control-request-headers"] ?? "");
    if (method === "OPTIONS") response.writeHead(204).end();
    else response.writeHead(307, { Location: target + url }).end();
  };
}

/** Tells its clients, once a second, how many requests and preflights the newest session has cost. */
function count(http, io) {
  let [session, requests, preflights] = [undefined, 0, 0];
  io.engine.on("connection", ({ id }) => (session = id));
  // First in line: socket.io keeps the requests of its path from listeners that were there before it.
  http.prependListener("request", ({ method, url }) => {
    const id = /[?&]sid=([^&]*)/.exec(url)?.[1];
    const isPreflight = method === "OPTIONS";
    // The session's first request has no id yet, and its preflight comes before it.
    if (!id && (isPreflight || requests > 0)) [session, requests, preflights] = [undefined, 0, 0];
    if (id && id !== session) return;
    if (isPreflight) preflights++;
    else requests++;
  });
  const timer = setInterval(() => io.of("/admin").emit("counted", { requests, preflights }), 1000);
  http.once("close", () => clearInterval(timer));
  return io;
}
