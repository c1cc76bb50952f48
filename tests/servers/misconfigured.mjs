// Servers that a page of another origin can't use, each for a reason that a client can find out. The socket.io servers
// are npm's real ones; what is wrong with them is their configuration.
//
//   closed           nothing listens there
//   no-cors          socket.io 4.8 as it comes, without `cors`
//   other-origin     `cors.origin` names somebody else
//   any-origin       `cors.origin` is "*": fine without credentials
//   no-credentials   `cors.credentials` isn't set: fine without credentials
//   other-header     `cors.allowedHeaders` lacks every header but x-other and x-allowed
//   no-preflight     socket.io 2.5 as it comes, without `handlePreflightRequest`: fine without headers
//   redirect         redirects to a socket.io 4.8 that no longer knows the page: its origin has become "null"
//   held             as no-cors, but what asks for the transport "probe" waits for `release()`
import { createServer } from "node:http";
import { Server } from "socket.io";
import createServer2 from "socket.io-2";

const configurations = {
  "no-cors": {},
  "other-origin": { cors: { origin: "https://elsewhere.example", credentials: true } },
  "any-origin": { cors: { origin: "*" } },
  "no-credentials": { cors: { origin: true } },
  "other-header": { cors: { origin: true, credentials: true, allowedHeaders: ["x-other", "x-allowed"] } },
  held: {},
};

/** Starts the server of a kind. */
export async function startMisconfigured(kind) {
  const server = new Misconfigured();
  await server.start(kind);
  return server;
}

class Misconfigured {
  /** `http://127.0.0.1:port`, no slash at the end. */
  url;
  /** Every request: `{ method, url, headers }`. */
  log = [];
  /** What lets a request go on, for each that is held back; `undefined` once they are released. */
  held = [];

  #http = createServer();
  #io;
  #connections = new Set();
  #sessions = 0;
  #target;

  /** How many Engine.IO sessions were ever begun. */
  get sessions() {
    return this.#target?.sessions ?? this.#sessions;
  }

  async start(kind) {
    await this.#mount(kind);
    // First in line: socket.io keeps the requests of its path from listeners that were there before it.
    for (const event of ["request", "upgrade"]) {
      this.#http.prependListener(event, ({ method, url, headers }) => this.log.push({ method, url, headers }));
    }
    this.#http.on("connection", (connection) => {
      this.#connections.add(connection);
      connection.once("close", () => this.#connections.delete(connection));
    });
    await new Promise((resolve, reject) => this.#http.once("error", reject).listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#http.address().port}`;
    if (kind === "closed") await this.stop();
  }

  /** Holds nothing back from now on. */
  release() {
    for (const goOn of this.held) goOn();
    this.held = undefined;
  }

  /** Stops listening and cuts every connection. */
  async stop() {
    for (const connection of this.#connections) connection.destroy();
    await this.#io?.close();
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve));
    await this.#target?.stop();
  }

  async #mount(kind) {
    if (kind === "closed") return;
    if (kind === "redirect") return this.#redirect();
    if (kind === "no-preflight") this.#io = createServer2(this.#http, { serveClient: false });
    else this.#io = new Server(this.#http, { serveClient: false, ...configurations[kind] });
    const { engine } = this.#io;
    engine.on("connection", () => this.#sessions++);
    if (kind !== "held") return;
    engine.use(({ url }, _response, next) => (this.held && url.includes("transport=probe") ? this.held.push(next) : next()));
  }

  /** Sends everybody elsewhere, in a way that the browser may follow. */
  async #redirect() {
    this.#target = await startMisconfigured("other-origin");
    this.#http.on("request", (request, response) => {
      response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
      response.setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "");
      if (request.method === "OPTIONS") return response.writeHead(204).end();
      response.writeHead(307, { Location: this.#target.url + request.url }).end();
    });
  }
}
