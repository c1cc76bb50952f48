// The Socket.IO side: written for headers, as an app's would be. That some were moved on their way shows in
// socket.data.restoredHeaders only.
//
//   /          takes anybody, but no token that is wrong
//   /admin     wants a token, in Authorization or in auth.token
//   /sign-in   lets everybody connect, and waits for the event `authentication`: npm's socketio-auth, as it is
import { createRequire } from "node:module";
import { ALLOW, arrivals } from "./arrivals.mjs";
import { bearerOf, holder, tokenOf } from "./tokens.mjs";

const socketioAuth = createRequire(import.meta.url)("socketio-auth");

/** Installs the companion on a server, opens the namespaces, and gives the server back. */
export function equip(io, install) {
  install(io, {
    allow: ALLOW,
    reauth: {
      verify(handshake, socket) {
        const user = authenticate(handshake);
        // Rooms and state are the old one's.
        if (user !== socket.data.user) throw refusal("another user's token", "other_user");
      },
    },
  });
  openNamespace(io.of("/"), { required: false });
  openNamespace(io.of("/admin"), { required: true });
  openSignIn(io.of("/sign-in"));
  return io;
}

function openNamespace(namespace, { required }) {
  namespace.use((socket, next) => {
    try {
      if (required || tokenOf(socket.handshake) !== undefined) socket.data.user = authenticate(socket.handshake);
      next();
    } catch (error) {
      next(error);
    }
  });
  namespace.on("connection", (socket) => {
    addHandlers(socket);
    socket.emit("arrived", arrivals(socket));
  });
}

function openSignIn(namespace) {
  namespace.on("connection", (socket) => {
    // The module keeps nobody from sending other events before.
    socket.use(([event], next) => next(socket.auth || event === "authentication" ? undefined : new Error("sign in first")));
    addHandlers(socket);
  });
  socketioAuth(namespace, {
    timeout: "none",
    authenticate(_socket, data, done) {
      const token = bearerOf(data?.headers?.authorization) ?? data?.token;
      const isGood = typeof token === "string" && holder(token) !== undefined;
      done(isGood ? null : new Error(token ? "invalid token" : "token required"), isGood);
    },
    postAuthenticate: (socket, data) => socket.emit("arrived", arrivals(socket, data)),
  });
}

/** Whose the token of a handshake is. */
function authenticate(handshake) {
  const token = tokenOf(handshake);
  if (token === undefined) throw refusal("token required", "token_required");
  const user = holder(token);
  if (user === undefined) throw refusal("invalid token", "invalid_token");
  return user;
}

function refusal(message, code) {
  return Object.assign(new Error(message), { data: { code, status: 401 } });
}

function addHandlers(socket) {
  socket.on("echo", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    if (ack) ack(...args);
    else socket.emit("echo", ...args);
  });
  socket.on("broadcast", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    socket.nsp.emit("broadcast", ...args);
    ack?.(socket.nsp.sockets.size);
  });
  socket.on("time", (...args) => {
    const now = new Date().toISOString();
    const ack = args.at(-1);
    if (typeof ack === "function") ack(now);
    else socket.emit("time", now);
  });
}
