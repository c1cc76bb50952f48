// The companion with npm's `socketio-auth` on two namespaces, `/` and `/chat`: a client signs in by the event `authentication`.
//
// What `token` in its payload says is what becomes of it: "good" is accepted, "bad" refused with Error("invalid token"),
// "unknown" refused without an error, "silent" never answered, "held" accepted when the test says so.
//
// Each socket gets `early` twice, with 1 and with binary, as soon as it has connected, and `welcome` once it's signed in. The
// module does not keep a socket from anything before that, nor does this server.
import { createRequire } from "node:module";
import { startServer } from "./companion.mjs";

const socketioAuth = createRequire(import.meta.url)("socketio-auth");

const answers = {
  good: (accept) => accept(null, true),
  bad: (accept) => accept(new Error("invalid token")),
  unknown: (accept) => accept(null, false),
  silent() {},
  held: (accept, held) => held.push(() => accept(null, true)),
};

/**
 * Starts it. `timeout`: how long the module waits for a socket, in ms; it closes the whole connection then, without a word.
 * `server.signIns` has each attempt, as `{ nsp, data, auth }`, `auth` being what CONNECT carried. `server.events` has the names
 * of what sockets emitted, and `server.held` what accepts those that wait.
 */
export async function startSignIn({ timeout = "none" } = {}) {
  const server = await startServer();
  Object.assign(server, { signIns: [], events: [], held: [] });
  for (const nsp of ["/", "/chat"]) {
    const namespace = server.io.of(nsp);
    namespace.on("connection", (socket) => {
      socket.onAny((event) => server.events.push(event));
      socket.emit("early", 1);
      socket.emit("early", Buffer.from([2]));
    });
    socketioAuth(namespace, {
      timeout,
      authenticate(socket, data, callback) {
        server.signIns.push({ nsp, data, auth: socket.handshake.auth });
        answers[data.token](callback, server.held);
      },
      postAuthenticate: (socket) => socket.emit("welcome"),
    });
  }
  return server;
}
