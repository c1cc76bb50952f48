// A server that gets Socket.IO wrong, for the tests of bad input. What it does is chosen by the path: `io(url, { path:
// "/html" })`. Raw HTTP, and the `ws` package for WebSockets; nothing of socket.io is in it.
//
//   /html /empty /prose /json       200 with something that isn't Engine.IO
//   /no-sid /bad-json /wrong-types /not-open /null
//                                   200 with a broken handshake
//   /500 /404 /forbidden            an error
//   /hang                           never answers
//   /cut                            cuts the connection
//   /talk                           a small correct server; on ["malformed", name] it sends that entry of `malformed.mjs`,
//                                   on ["alive"] it answers the acknowledgement
//   /mute                           the same, but announces a heartbeat of 600 + 400 ms and never sends one
//   /generation-2                   the same, but confirms the namespace without a sid, as socket.io 2 does
//   /silent-probe /wrong-probe /refused-upgrade
//                                   the same over polling, offering an upgrade that goes wrong
//   /websocket-hangs                the same over polling; a WebSocket is never answered
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { malformed } from "./malformed.mjs";

const brokenHandshakes = {
  html: "<!doctype html><title>It works!</title>",
  empty: "",
  prose: "Hello, world",
  json: '{"hello":"world"}',
  "no-sid": '0{"upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
  "bad-json": '0{"sid":"abc","upgrades":[',
  "wrong-types": '0{"sid":5,"upgrades":"websocket","pingInterval":"x","pingTimeout":null,"maxPayload":[]}',
  "not-open": '42["hello"]',
  null: "0null",
};
const statuses = { 500: 500, 404: 404, forbidden: 403 };
/** The paths that never yield a connection. */
export const refusals = [...Object.keys(brokenHandshakes), ...Object.keys(statuses), "cut", "hang"];

const talkers = new Set(["talk", "mute", "generation-2", "silent-probe", "wrong-probe", "refused-upgrade", "websocket-hangs"]);
const upgradable = new Set(["silent-probe", "wrong-probe", "refused-upgrade"]);

/** Starts the server: `{ url, port, requests, stop }`. `requests` has every path and method, in order. */
export async function startHostile({ port = 0, host = "127.0.0.1" } = {}) {
  const requests = [];
  const sessions = new Map();
  const connections = new Set();
  const http = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response, sessions);
  });
  http.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  const webSockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, connection, head) => {
    requests.push(`upgrade ${request.url}`);
    upgrade(webSockets, request, connection, head);
  });
  await new Promise((resolve, reject) => http.once("error", reject).listen(port, host, resolve));
  const stop = () => {
    for (const connection of connections) connection.destroy();
    return new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://${host}:${http.address().port}`, port: http.address().port, requests, stop };
}

function answer(request, response, sessions) {
  const { origin = "*", "access-control-request-headers": asked = "" } = request.headers;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Headers", asked);
  response.setHeader("Access-Control-Allow-Credentials", "true");
  if (request.method === "OPTIONS") return response.writeHead(204).end();

  const url = new URL(request.url, "http://x");
  const kind = kindOf(url);
  if (kind in brokenHandshakes) return response.end(brokenHandshakes[kind]);
  if (kind in statuses) return response.writeHead(statuses[kind]).end('{"code":4,"message":"Forbidden"}');
  if (kind === "hang") return;
  if (kind === "cut" || !talkers.has(kind)) return request.socket.destroy();
  poll(kind, url, request, response, sessions);
}

function poll(kind, url, request, response, sessions) {
  let session = sessions.get(url.searchParams.get("sid"));
  if (!session) {
    session = new Session(kind);
    sessions.set(session.id, session);
    return response.end(session.handshake());
  }
  if (request.method === "GET") return session.wait(response);
  let body = "";
  request.setEncoding("utf8").on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    response.end("ok");
    for (const packet of body.split("\x1e")) session.receive(packet);
  });
}

function upgrade(webSockets, request, connection, head) {
  const url = new URL(request.url, "http://x");
  const kind = kindOf(url);
  if (kind === "hang" || kind === "websocket-hangs") return;
  if (kind === "refused-upgrade" || kind in statuses) return connection.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  if (kind === "cut") return connection.destroy();
  webSockets.handleUpgrade(request, connection, head, (ws) => {
    if (kind in brokenHandshakes) return ws.send(brokenHandshakes[kind]);
    if (kind === "silent-probe") return;
    if (kind === "wrong-probe") return ws.on("message", () => ws.send("3wrong"));
    const session = new Session(kind, (frame) => ws.send(frame));
    ws.send(session.handshake());
    ws.on("message", (data, isBinary) => isBinary || session.receive(data.toString()));
  });
}

const kindOf = (url) => url.pathname.split("/")[1];

let sessionCount = 0;

/** A connection that is in order, until it's asked not to be. */
class Session {
  id = `session-${++sessionCount}`;
  #kind;
  #send;
  #queue = [];
  #waiting;

  /** Without `send`, packets wait for the next poll. */
  constructor(kind, send) {
    this.#kind = kind;
    this.#send = send ?? ((frame) => this.#hold(frame));
  }

  handshake() {
    const [pingInterval, pingTimeout] = this.#kind === "mute" ? [600, 400] : [25_000, 20_000];
    const upgrades = upgradable.has(this.#kind) ? ["websocket"] : [];
    return `0${JSON.stringify({ sid: this.id, upgrades, pingInterval, pingTimeout, maxPayload: 1_000_000 })}`;
  }

  receive(packet) {
    if (packet === "2probe") return;
    if (packet === "1") return this.#hold("6");
    const [, id, json] = /^42(\d*)(\[.*\])$/s.exec(packet) ?? [];
    const [event, name] = json ? JSON.parse(json) : [];
    if (packet.startsWith("40")) this.#send(this.#kind === "generation-2" ? "40" : `40{"sid":"socket-of-${this.id}"}`);
    else if (event === "alive") this.#send(`43${id}["alive"]`);
    else if (event === "malformed") malformed[name].frames.forEach((frame) => this.#send(frame));
  }

  /** Holds a poll's response back until there is something to say. */
  wait(response) {
    this.#waiting = response;
    if (this.#queue.length > 0) this.#flush();
  }

  #hold(frame) {
    this.#queue.push(Buffer.isBuffer(frame) ? `b${frame.toString("base64")}` : frame);
    // Frames that belong together go out together.
    if (this.#waiting && this.#queue.length === 1) setImmediate(() => this.#flush());
  }

  #flush() {
    if (!this.#waiting) return;
    this.#waiting.end(this.#queue.join("\x1e"));
    this.#waiting = undefined;
    this.#queue = [];
  }
}
