// Two servers: one answers with redirects to the other, which notes whatever reaches it. CORS is open on both: any origin,
// credentials, any header.
import { createServer } from "node:http";
import { Server } from "socket.io";

/**
 * Starts them: `{ url, location, seen, stop }`. `seen` has what the other one, at `location`, got, as `{ method, url,
 * headers, body }`.
 *
 * `status`: of the redirects. `method`: "POST" redirects those and leaves the rest to a real socket.io server; without it
 * everything is redirected, preflights apart. The path and the query go along, as where a site moves from http to https.
 */
export async function startRedirecting({ status = 307, method } = {}) {
  const seen = [];
  const other = await listen(async (request, response) => {
    const { url, headers } = request;
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    seen.push({ method: request.method, url, headers, body });
    allow(request, response);
    response.writeHead(request.method === "OPTIONS" ? 204 : 404).end();
  });

  const redirect = (request, response) => {
    allow(request, response);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    request.resume();
    response.writeHead(status, { Location: other.url + request.url }).end();
  };
  const first = await listen(method ? undefined : redirect);
  const io = method && new Server(first.http, { cors: { origin: true, credentials: true }, serveClient: false });
  if (io) takeOver(first.http, (request) => request.method === method, redirect);

  const stop = async () => {
    io?.disconnectSockets(true);
    await Promise.all([first.stop(), other.stop()]);
  };
  return { url: first.url, location: other.url, seen, stop };
}

function allow({ headers }, response) {
  response.setHeader("Access-Control-Allow-Origin", headers.origin ?? "*");
  response.setHeader("Access-Control-Allow-Credentials", "true");
  response.setHeader("Access-Control-Allow-Headers", headers["access-control-request-headers"] ?? "");
  response.setHeader("Access-Control-Allow-Methods", "GET, POST");
}

/** Some requests are handled here instead of by the listeners that are there already. */
function takeOver(http, isOurs, handle) {
  const listeners = http.listeners("request");
  http.removeAllListeners("request");
  http.on("request", (request, response) => {
    if (isOurs(request)) return handle(request, response);
    for (const listener of listeners) listener.call(http, request, response);
  });
}

async function listen(handler) {
  const http = createServer(handler);
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const stop = () => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  };
  return { http, url: `http://127.0.0.1:${http.address().port}`, stop };
}
