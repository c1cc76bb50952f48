// What the servers for Node do, whatever their generation: README.md.

/** The token, from wherever this generation has it. */
function tokenOf({ headers, query, auth = {} }) {
  const bearer = (value) => /^Bearer (.+)$/i.exec(value ?? "")?.[1];
  const bearers = [auth.headers?.authorization, query["header.authorization"], headers.authorization].map(bearer);
  return [auth.token, query.token, ...bearers].find((token) => token !== undefined);
}

/** Puts the namespaces and their events on a server. `isModern`: it speaks protocol 5. */
export function serve(io, isModern) {
  for (const name of ["/", "/guarded", "/sign-in"]) io.of(name).on("connection", listen);
  io.of("/guarded").use((socket, next) => {
    if (tokenOf(socket.handshake) === "good") return next();
    // Servers with protocol 4 send `data` in the place of the text.
    next(Object.assign(new Error("invalid token"), isModern && { data: { status: 401 } }));
  });
  io.of("/sign-in").on("connection", (socket) => {
    socket.on("authentication", ({ token, headers } = {}) => {
      if ((token ?? /^Bearer (.+)$/i.exec(headers?.authorization ?? "")?.[1]) === "good") return socket.emit("authenticated", true);
      socket.emit("unauthorized", { message: "invalid token" });
      socket.disconnect();
    });
  });
}

function listen(socket) {
  let received = 0;
  let ordered = true;
  socket.on("echo", (value) => socket.emit("echo", value));
  socket.on("ask", (value, answer) => answer(value));
  socket.on("question", (value) => socket.emit("question", value, (answer) => socket.emit("answered", answer)));
  socket.on("count", (i) => {
    if (i !== received++) ordered = false;
  });
  socket.on("counted", (_, answer) => answer([received, ordered]));
  socket.on("burst", (n) => {
    for (let i = 0; i < n; i++) socket.emit("burst", i);
  });
  socket.on("whoami", (_, answer) => {
    const { headers: { authorization, cookie }, query, auth } = socket.handshake;
    answer({ headers: { authorization, cookie }, query, auth });
  });
  socket.on("disconnect", () => socket.broadcast.emit("left", socket.id));
  socket.on("leave", () => socket.disconnect());
  socket.on("hang-up", () => socket.conn.close());
}
