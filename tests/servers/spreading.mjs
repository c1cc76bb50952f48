// What stands in front of several servers and spreads requests over them: each one, WebSocket handshakes included, goes to the
// server that `choose` names. A few lines of Node in the place of nginx.
import { createServer, request as forward } from "node:http";
import { connect } from "node:net";

/**
 * Starts it: `{ url, choose, stop }`. `ports`: of the servers, on 127.0.0.1. `choose(request)` gives an index into them; without
 * it, they take turns.
 */
export async function startSpreading(ports, choose) {
  let turn = 0;
  const balancer = { choose: choose ?? (() => turn++ % ports.length) };
  const connections = new Set();
  const portFor = (request) => ports[balancer.choose(request)];

  const http = createServer((request, response) => {
    const { method, url, headers } = request;
    const onward = forward({ host: "127.0.0.1", port: portFor(request), method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  http.on("upgrade", (request, near, head) => {
    const far = connect(portFor(request), "127.0.0.1", () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      far.write(`${lines.join("\r\n")}\r\n\r\n`);
      far.write(head);
      far.pipe(near).pipe(far);
    });
    for (const [one, other] of [[near, far], [far, near]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  http.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  balancer.url = `http://127.0.0.1:${http.address().port}`;
  balancer.stop = () => {
    for (const connection of connections) connection.destroy();
    return new Promise((resolve) => http.close(resolve));
  };
  return balancer;
}
