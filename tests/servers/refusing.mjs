// The companion with a guard: a session begins only with the header `Authorization: Bearer good`. Other handshakes get
//
//   403   from `allowRequest`, with socket.io's own body `{"code":4,"message":"Forbidden"}`
//   401   from a middleware of the engine (`io.engine.use`), with a body that's no JSON
import { startServer } from "./companion.mjs";

const mayEnter = ({ url, headers }) => url.includes("sid=") || headers.authorization === "Bearer good";

/** Starts it; `server.tokens()` has the `Authorization` of each handshake over polling so far, preflights not counted. */
export async function startRefusing(status) {
  const options = status === 403 ? { allowRequest: (request, done) => done(null, mayEnter(request)) } : {};
  const server = await startServer({ options });
  if (status === 401) {
    server.io.engine.use((request, response, next) => {
      if (mayEnter(request)) return next();
      response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end("Unauthorized");
    });
  }
  const handshakes = () => server.log.filter(({ method, url }) => method === "GET" && !url.includes("sid="));
  server.tokens = () => handshakes().map(({ headers }) => headers.authorization);
  return server;
}
