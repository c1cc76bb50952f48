// The Socket.IO servers for Node, of each generation: `PORT=… node servers/node.mjs sio1|sio2|sio3|sio4`. What it does is
// in README.md.
import { createRequire } from "node:module";
import { createServer } from "node:http";

const require = createRequire(import.meta.url);

/** How each generation is made, and what it needs to talk to pages of other origins that send headers. */
const generations = {
  sio1(http) {
    const io = require("sio1")(http, { serveClient: false });
    answerPreflights(http);
    return io;
  },
  sio2: (http) => require("sio2")(http, { serveClient: false, handlePreflightRequest: answerPreflight }),
  sio3: (http) => modern(require("sio3"), http),
  sio4: (http) => modern(require("sio4"), http),
};

const modern = ({ Server }, http) => new Server(http, { serveClient: false, cors: { origin: true, credentials: true } });

function answerPreflight(request, response) {
  response.writeHead(200, {
    "Access-Control-Allow-Origin": request.headers.origin ?? "*",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": request.headers["access-control-request-headers"] ?? "",
  });
  response.end();
}

/** socket.io 1 has no such option. */
function answerPreflights(http) {
  const listeners = http.listeners("request");
  http.removeAllListeners("request");
  http.on("request", (request, response) => {
    if (request.method === "OPTIONS") return answerPreflight(request, response);
    for (const listener of listeners) listener.call(http, request, response);
  });
}

/** The token, from wherever this generation has it. */
function tokenOf({ headers, query, auth = {} }) {
  const bearer = (value) => /^Bearer (.+)$/i.exec(value ?? "")?.[1];
  const bearers = [auth.headers?.authorization, query["header.authorization"], headers.authorization].map(bearer);
  return [auth.token, query.token, ...bearers].find((token) => token !== undefined);
}

function serve(io, isModern) {
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

const [name] = process.argv.slice(2);
const http = createServer((_, response) => response.writeHead(404).end());
serve(generations[name](http), name === "sio3" || name === "sio4");
http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("READY"));
