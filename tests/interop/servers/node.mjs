// The Socket.IO servers for Node, of each generation: `PORT=… node servers/node.mjs sio1|sio2|sio3|sio4`. What it does is
// in README.md.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { serve } from "./contract.mjs";

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

const [name] = process.argv.slice(2);
const http = createServer((_, response) => response.writeHead(404).end());
serve(generations[name](http), name === "sio3" || name === "sio4");
http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("READY"));
