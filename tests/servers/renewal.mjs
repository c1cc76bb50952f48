// socket.io 4.8 with the server companion, for credentials that last a few seconds: it issues them, takes no other, and looks
// at the one in use with every event that it receives.
//
//   GET /token?seconds=3           {token}: a JWT (HS256) with `sub`, `iat` and `exp`
//   GET /token?seconds=3&opaque    {token, expiresAt}: sixteen random bytes
//
// Namespaces: `/` and `/room-<digits>`. From its connection on each socket is sent `down` with 0, 1, 2 …; what the client does:
//
//   up (n)           numbered from 0, per namespace, through all sockets that the client has there
//   up (n, ack)      the same, answered a little later, so that who waits for one after the other does not keep a machine busy
//   sent (ack)       stops `down`, and answers how many there were
//   hold (ack)       answered when the test says so: `server.held`
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";
import { install } from "../../pkg/server/index.js";
import { until } from "./until.mjs";

/** The time between messages, and before an answer, in milliseconds. */
const PACE = 40;

/**
 * Starts it. `verify(handshake)`: what it thinks of a refresh besides looking at the token; it throws to refuse. `reauth: false`:
 * the companion has no handler for refreshes, and the event that it's sent is nobody's. `pause`: how long the request for a token
 * takes, in milliseconds.
 */
export async function startRenewal(settings = {}) {
  const server = new Renewal(settings);
  await server.start();
  return server;
}

class Renewal {
  /** `http://127.0.0.1:port`, no slash at the end. */
  url;
  /** Connections (sessions of Engine.IO) that were opened, and why each of those that have ended did. */
  opened = 0;
  closed = [];
  /** How many of them moved to WebSocket. */
  upgrades = 0;
  /** Sockets that connected, as `{ id, nsp }`, and those that left, as `{ id, nsp, reason }`. */
  connects = [];
  disconnects = [];
  /** The tokens that it issued, that CONNECTs brought, and that refreshes brought, in this order each. */
  issued = [];
  connected = [];
  refreshed = [];
  /** How many events were looked at, and what is wrong: one that arrived while an expired token was in use, or out of order. */
  events = 0;
  faults = [];
  /** Calls that answer the events `hold`. */
  held = [];
  /** `Authorization` of each request of a session that had begun, where its token had expired. */
  late = [];

  #settings;
  #http = createServer((request, response) => this.#answer(request, response));
  #io;
  #secret = randomBytes(32);
  /** When each opaque token ends. */
  #opaque = new Map();
  /** The number that is expected next, by namespace. */
  #next = {};

  constructor(settings) {
    this.#settings = { reauth: true, verify() {}, pause: 0, ...settings };
  }

  async start() {
    const { reauth, verify } = this.#settings;
    this.#io = new Server(this.#http, { cors: { origin: true, credentials: true }, serveClient: false });
    const judge = (handshake) => {
      this.refreshed.push(tokenOf(handshake));
      verify(handshake);
      return { expiresAt: this.#lookAt(handshake) };
    };
    const expiry = ({ handshake }) => this.#endOf(tokenOf(handshake));
    install(this.#io, { allow: ["authorization"], expiry, ...(reauth && { reauth: { verify: judge } }) });
    for (const nsp of ["/", /^\/room-\d+$/]) this.#serve(this.#io.of(nsp));
    this.#io.engine.on("connection", (connection) => {
      this.opened++;
      connection.on("upgrade", () => this.upgrades++);
      connection.on("close", (reason) => this.closed.push(reason));
    });
    this.#io.engine.use(({ url, method, headers }, _response, next) => {
      const token = tokenOf({ headers });
      if (method !== "OPTIONS" && url.includes("sid=") && token && this.#endOf(token) <= Date.now()) this.late.push(token);
      next();
    });
    await new Promise((resolve, reject) => this.#http.once("error", reject).listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#http.address().port}`;
  }

  async stop() {
    this.#http.closeAllConnections();
    await this.#io.close();
  }

  /** Resolves when `check(this)` is true. */
  until(check, what) {
    return until(() => check(this), what);
  }

  #serve(namespace) {
    namespace.use(({ handshake }, next) => {
      this.connected.push(tokenOf(handshake));
      try {
        this.#lookAt(handshake);
        next();
      } catch (error) {
        next(error);
      }
    });
    namespace.on("connection", (socket) => {
      const nsp = socket.nsp.name;
      this.connects.push({ id: socket.id, nsp });
      let sent = 0;
      const timer = setInterval(() => socket.emit("down", sent++), PACE);
      socket.on("disconnect", (reason) => {
        clearInterval(timer);
        this.disconnects.push({ id: socket.id, nsp, reason });
      });
      socket.use(([event], next) => {
        this.events++;
        const over = Date.now() - this.#endOf(tokenOf(socket.handshake));
        if (!(over < 0)) this.faults.push(`"${event}" ${over} ms after the token's end`);
        next();
      });
      socket.on("up", (n, ack) => {
        const next = this.#next[nsp] ?? 0;
        if (n !== next) this.faults.push(`number ${n} in ${nsp}, where ${next} was due`);
        this.#next[nsp] = n + 1;
        if (ack) setTimeout(ack, PACE);
      });
      socket.on("sent", (ack) => {
        clearInterval(timer);
        ack(sent);
      });
      socket.on("hold", (ack) => this.held.push(ack));
    });
  }

  /** When the token of a handshake ends. Throws where it has, or isn't one of ours. */
  #lookAt(handshake) {
    const end = this.#endOf(tokenOf(handshake));
    if (end > Date.now()) return end;
    throw Object.assign(new Error("no token that is good"), { data: { status: 401 } });
  }

  /** In milliseconds; `NaN` where it's none of ours. */
  #endOf(token) {
    const [head, body, signature] = token?.split(".") ?? [];
    if (!body) return this.#opaque.get(token) ?? NaN;
    return signature === this.#sign(`${head}.${body}`) ? JSON.parse(Buffer.from(body, "base64url")).exp * 1000 : NaN;
  }

  #issue(parameters) {
    const lifetime = Number(parameters.get("seconds"));
    if (parameters.has("opaque")) {
      const [token, expiresAt] = [randomBytes(16).toString("hex"), Date.now() + lifetime * 1000];
      this.#opaque.set(token, expiresAt);
      return { token, expiresAt };
    }
    // Seconds, but not whole ones: a short token would lose a good part of its time.
    const iat = Date.now() / 1000;
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: "alice", iat, exp: iat + lifetime, jti: this.issued.length })}`;
    return { token: `${text}.${this.#sign(text)}` };
  }

  #sign(text) {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }

  #answer({ url }, response) {
    const { pathname, searchParams } = new URL(url, this.url);
    if (pathname !== "/token") return response.writeHead(404).end();
    setTimeout(() => {
      const issued = this.#issue(searchParams);
      this.issued.push(issued.token);
      response.writeHead(200, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" }).end(JSON.stringify(issued));
    }, this.#settings.pause);
  }
}

function tokenOf({ auth, headers }) {
  return auth?.token ?? headers.authorization?.replace(/^Bearer /, "");
}
