import type { Server, Socket } from "socket.io";

/** Which headers the server is willing to take from somewhere else than the request's headers. */
export interface RestoreOptions {
  /**
   * Names of the headers to restore, in any case: `["authorization", "x-tenant"]`. Any other moved header is ignored.
   *
   * List only what the client is meant to set. A header that a proxy in front of the server adds or strips
   * (`x-forwarded-for`, `x-real-ip`, `x-authenticated-user`, …) does not belong here: a moved header has not gone
   * through that proxy's rules.
   */
  allow: readonly string[];
}

/** One header that was put back. Its value is in `socket.handshake.headers[name]`. */
export interface RestoredHeader {
  /** The header's name, in lower case. */
  name: string;
  /**
   * Where the client had put it: the CONNECT payload, the query string, or a WebSocket subprotocol. What is worth knowing
   * about `"query"`: access logs and proxies have seen the value.
   */
  from: "payload" | "query" | "subprotocol";
}

/**
 * What the companion leaves in `socket.data`. To have it typed, add it to your own type of the socket's data:
 *
 * ```ts
 * const io = new Server<ClientEvents, ServerEvents, DefaultEventsMap, MyData & RestoredData>(httpServer);
 * ```
 */
export interface RestoredData {
  /** The headers that were put back for this socket; empty when every header arrived as a header. */
  restoredHeaders?: RestoredHeader[];
}

/** A namespace's middleware, for `io.use` and `io.of(…).use`. */
export type RestoreMiddleware = (socket: Socket<any, any, any, any>, next: (err?: any) => void) => void;

/**
 * Puts the headers that socketio-wasm moved back into `socket.handshake.headers`, on every namespace of the server:
 * those that exist, those made later, and dynamic ones. It runs before the app's own middleware, so that code
 * written for headers needs no change. Install it first, right after the server is made.
 *
 * ```js
 * import { Server } from "socket.io";
 * import { install } from "socketio-wasm/server";
 *
 * const io = new Server(httpServer);
 * install(io, { allow: ["authorization"] });
 *
 * io.use((socket, next) => {
 *   const token = socket.handshake.headers.authorization; // whatever the transport
 *   next(isValid(token) ? undefined : new Error("invalid token"));
 * });
 * ```
 *
 * What it does, for each socket:
 * - A header that really arrived is never overwritten. Among moved ones the payload comes first, then the query, then
 *   the subprotocol.
 * - A value that could not have been a header's (not a string, control characters) is ignored.
 * - `socket.handshake.headers` becomes a copy of its own. `socket.request.headers` stays what the request said, and
 *   namespaces of one connection do not see each other's restored headers.
 * - `socket.handshake.auth` and `socket.handshake.query` lose what the client had added to them to move the headers: an
 *   object at `auth.headers`, and query parameters that begin with `header.`.
 * - `socket.data.restoredHeaders` says what was restored, without values: see {@link RestoredHeader}.
 *
 * A connection that the server recovers (`connectionStateRecovery`) skips middleware by default; its headers are restored all
 * the same, before `connection` listeners run. `allowRequest`, `io.engine.use` and the function of a dynamic namespace run
 * before a socket exists: they see the request as it came.
 *
 * @param io The server. Once per server.
 * @throws TypeError when `allow` is missing, empty, or holds something that is not a header name.
 * @throws Error when the companion is installed on this server already.
 */
export function install(io: Server<any, any, any, any>, options: RestoreOptions): void;

/**
 * The same for a single namespace, as a middleware. Use it before the middleware that reads the headers.
 *
 * ```js
 * io.of("/admin").use(restoreHeaders({ allow: ["authorization"] }));
 * ```
 *
 * Use either this or {@link install}: what one has restored, the other no longer finds. On a recovered connection
 * (`connectionStateRecovery`) middleware does not run, unless `skipMiddlewares` is false; {@link install} covers that.
 *
 * @throws TypeError when `allow` is missing, empty, or holds something that is not a header name.
 */
export function restoreHeaders(options: RestoreOptions): RestoreMiddleware;
