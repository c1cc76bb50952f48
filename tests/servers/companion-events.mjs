// What the companion server does on each event. "answers" means by acknowledgement.
//
//   echo (...args)            emits `echo` with the same arguments
//   echo-ack (...args, ack)   answers with the same arguments
//   inspect (...args, ack)    answers with what arrived, binary as {"$binary": [bytes]} or {"$binary": length, sum}
//   silent (…, ack)           never answers
//   late (ms, ack)            answers "late" after that time
//   twice (ack)               answers "first", then tries to answer "second"
//   ask (...args, ack)        emits `question` with the arguments and an acknowledgement; answers {answers} or {error}
//   burst ({n, kind, size}, ack)
//                             emits `burst` n times, with 0…n-1 and a payload (kind "text", "binary" or "json" of about
//                             `size` bytes; none without), then answers n
//   count (i, payload, ack)   expects 0, 1, 2 …; answers {received, ordered} where an acknowledgement is asked for
//   whoami (ack)              answers {id, nsp, headers, query, auth, restored, rawHeaders, transport, protocol, recovered}:
//                             `rawHeaders` as the browser sent them, `headers` as the app's code sees them
//   server-upgraded (ack)     answers with the transport's name as soon as it is not polling
//   present (ack)             answers with the ids of the namespace's sockets
//   kick                      disconnects this socket
//   kick-close                closes the engine under it: every namespace of the connection
//   kick-cut                  cuts the TCP connection under it
//   miss (n)                  closes the engine, and while the client is away emits `missed` n times to its room
//   say (text)                emits `said` to everyone in the namespace
//
// With connection state recovery, each socket gets a `hello` at once, so that there is an offset to recover from.
import { createHash } from "node:crypto";

/** Puts the namespaces and their handlers on a server; `onLeave(socket, reason)` is told of each disconnection. */
export function addHandlers(io, onLeave) {
  io.of("/admin").use(requireToken);
  for (const nsp of ["/", "/admin", "/chat", /^\/room-\d+$/]) {
    io.of(nsp).on("connection", (socket) => {
      for (const [event, handle] of Object.entries(handlers)) {
        socket.on(event, (...args) => handle(socket, ...args));
      }
      socket.on("disconnect", (reason) => onLeave(socket, reason));
      if (io.opts.connectionStateRecovery && !socket.recovered) socket.emit("hello");
    });
  }
}

/** Cuts the TCP connection: of polling, that of the next poll where none is waiting. */
function cut(socket) {
  const connection = connectionOf(socket.conn.transport);
  if (connection) connection.destroy();
  else if (socket.connected) setImmediate(cut, socket);
}

/** The TCP connection of a WebSocket, or of the poll that is waiting. */
function connectionOf(transport) {
  if (transport.session) return { destroy: () => transport.session.cut() };
  return transport.socket?._socket ?? transport.req?.socket;
}

function requireToken(socket, next) {
  const { auth, headers } = socket.handshake;
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  if ((auth.token ?? bearer) === "demo-valid") return next();
  next(Object.assign(new Error("invalid token"), { data: { code: "invalid_token", status: 401 } }));
}

const handlers = {
  echo: (socket, ...args) => socket.emit("echo", ...args),
  "echo-ack": (_socket, ...args) => args.pop()(...args),
  inspect: (_socket, ...args) => args.pop()(args.map(describe)),
  silent() {},
  late: (_socket, ms, ack) => setTimeout(ack, ms, "late"),
  twice(_socket, ack) {
    ack("first");
    ack("second");
  },
  ask(socket, ...args) {
    const ack = args.pop();
    socket.timeout(10_000).emit("question", ...args, (error, ...answers) => {
      ack(error ? { error: error.message } : { answers });
    });
  },
  burst(socket, { n, kind, size }, ack) {
    const payload = kind && payloads[kind](size);
    for (let i = 0; i < n; i++) payload ? socket.emit("burst", i, payload) : socket.emit("burst", i);
    ack?.(n);
  },
  count(socket, i, _payload, ack) {
    const state = (socket.data.count ??= { received: 0, ordered: true });
    if (i !== state.received++) state.ordered = false;
    ack?.(state);
  },
  whoami: (socket, ack) => ack(whoami(socket)),
  "server-upgraded"(socket, ack) {
    const { conn } = socket;
    if (conn.transport.name !== "polling") return ack(conn.transport.name);
    conn.once("upgrade", (transport) => ack(transport.name));
  },
  present: (socket, ack) => ack([...socket.nsp.sockets.keys()]),
  kick: (socket) => socket.disconnect(),
  "kick-close": (socket) => socket.conn.close(),
  "kick-cut": cut,
  miss(socket, n) {
    const { nsp, id } = socket;
    socket.once("disconnect", () => {
      for (let i = 0; i < n; i++) nsp.to(id).emit("missed", i);
    });
    socket.conn.close();
  },
  say: (socket, text) => socket.nsp.emit("said", text),
};

function whoami(socket) {
  const { headers, query, auth } = socket.handshake;
  const { transport, protocol } = socket.conn;
  return {
    id: socket.id,
    nsp: socket.nsp.name,
    headers,
    query,
    auth,
    restored: socket.data.restoredHeaders ?? [],
    rawHeaders: socket.request?.headers ?? {},
    transport: transport.name,
    protocol,
    recovered: socket.recovered,
  };
}

const payloads = {
  text: (size) => "x".repeat(size),
  binary: (size) => Buffer.alloc(size, 7),
  json(size) {
    const row = (id) => ({ id, name: `item ${id}`, price: id / 7, tags: ["a", "b"], ok: id % 2 === 0 });
    const rows = [];
    for (let length = 0; length < size; length += JSON.stringify(rows.at(-1)).length + 1) rows.push(row(rows.length));
    return rows;
  },
};

function describe(value) {
  if (Buffer.isBuffer(value)) {
    const small = value.length <= 64;
    const sum = () => createHash("sha256").update(value).digest("hex");
    return small ? { $binary: [...value] } : { $binary: value.length, sum: sum() };
  }
  if (Array.isArray(value)) return value.map(describe);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, describe(inner)]));
  }
  return value;
}
