// A real Engine.IO server without Socket.IO: npm's `engine.io`. It sends back what it gets, but for these messages:
//
//   binary        a message of the bytes 1, 2, 3
//   headers       the headers, query and subprotocols of the handshake, as JSON
//   close         the server closes the connection
//   burst <n>     n messages, 0 to n-1
import { createServer } from "node:http";
import { attach } from "engine.io";

/**
 * Starts it: `{ url, engine, received, closed, stop }`; `received` has each message, `closed` the reason of each connection that ended. `module` is another version of
 * `engine.io`, `greeting` what it sends to everyone who connects.
 */
export async function startEngine({ handler, options, path = "/engine.io", module = { attach }, greeting } = {}) {
  const http = createServer(handler ?? ((_request, response) => response.writeHead(404).end()));
  const engine = module.attach(http, { path, cors: { origin: true, credentials: true }, ...options });
  const [received, closed] = [[], []];
  engine.on("connection", (socket) => {
    if (greeting) socket.send(greeting);
    socket.on("close", (reason) => closed.push(reason));
    socket.on("message", (message) => {
      received.push(message);
      answer(socket, message);
    });
  });
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const stop = () => {
    engine.close();
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  };
  return { url: `http://127.0.0.1:${http.address().port}`, engine, received, closed, stop };
}

function answer(socket, message) {
  const { headers, _query: query } = socket.request;
  if (message === "binary") socket.send(Buffer.from([1, 2, 3]));
  else if (message === "headers") socket.send(JSON.stringify({ headers, query }));
  else if (message === "close") socket.close();
  else if (/^burst \d+$/.test(message)) for (let i = 0; i < Number(message.slice(6)); i++) socket.send(String(i));
  else socket.send(message);
}
