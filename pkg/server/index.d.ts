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
  /**
   * The headers that were put back when this socket connected; empty when every header arrived as a header. A later
   * refresh does not change it.
   */
  restoredHeaders?: RestoredHeader[];
  /**
   * When the socket's credentials run out, if that is known and {@link InstallOptions.reauth} or
   * {@link InstallOptions.expiry} is set.
   *
   * The app may set it, in its middleware, at the latest in its `connection` listener before that returns: a
   * `Date`, or a number of milliseconds since the epoch (of seconds when below 1e11). From then on the companion keeps
   * here what holds, in milliseconds, after each refresh too.
   */
  expiresAt?: number | Date;
}

/** How credentials are renewed on a connection that stays open. The socket's type is that of your server. */
export interface ReauthOptions<S extends Socket<any, any, any, any> = Socket<any, any, any, any>> {
  /** The event with which the client sends its new credentials. The client needs the same name. Default `"auth:refresh"`. */
  event?: string | undefined;
  /**
   * Decides on new credentials. **Throw, or reject, to refuse them**; anything else accepts them (but for `false`, which
   * refuses too). What is returned says when they run out: see {@link Renewal}.
   *
   * `handshake` is a copy of `socket.handshake` as it would be: `auth` is the new one, `headers` are those of before with
   * the new ones in their place. So what your middleware does with a handshake can be done here with the same function:
   *
   * ```js
   * async function authenticate({ headers }) {
   *   return verifyJwt(headers.authorization?.replace("Bearer ", "")); // throws when it is not valid
   * }
   *
   * install(io, {
   *   allow: ["authorization"],
   *   reauth: {
   *     verify: async (handshake, socket) => {
   *       const user = await authenticate(handshake);
   *       if (user.sub !== socket.data.user.sub) throw new Error("another user"); // rooms and state are the old one's
   *       socket.data.user = user;
   *     },
   *   },
   * });
   *
   * io.use(async (socket, next) => {
   *   try {
   *     socket.data.user = await authenticate(socket.handshake);
   *     next();
   *   } catch {
   *     next(new Error("invalid token"));
   *   }
   * });
   * ```
   *
   * Of an `Error` the `message` goes back to the client, and so does `data` of whatever was thrown; nothing else does. Give
   * the function a time limit of its own: the client's wait ends by itself, but the companion sets none. It may be called
   * again for a socket before it has answered; an older call that is accepted later does not undo the newer one.
   *
   * It is called as well for a connection that the server has recovered without running its middleware
   * (`connectionStateRecovery`): the client may have brought a new token, and nobody else verifies that.
   */
  verify: (handshake: S["handshake"], socket: S) => void | Renewal | Promise<void | Renewal>;
}

/** What {@link ReauthOptions.verify} knows of the credentials that it accepts. */
export interface Renewal {
  /**
   * When they run out: a `Date`, or a number of milliseconds since the epoch (of seconds when below 1e11, so the `exp` of
   * a JWT will do). Without it, it is what {@link InstallOptions.expiry} says; or what `verify` has set in
   * `socket.data.expiresAt`; or the `exp` of a JWT among the new credentials; or else what held before, since nothing says
   * that there is more time.
   */
  expiresAt?: number | Date | undefined;
}

/** How the companion serves a whole server. */
export interface InstallOptions<S extends Socket<any, any, any, any> = Socket<any, any, any, any>> extends RestoreOptions {
  /**
   * Lets the client renew its credentials in place: without a new connection, and without leaving the namespace. It
   * sends an event with the new payload, of the shape that CONNECT has: `{ token, headers?: { authorization, … } }`.
   *
   * When {@link ReauthOptions.verify} accepts:
   * - `socket.handshake.auth` is replaced, without the moved headers.
   * - Moved headers on the allow-list are set in `socket.handshake.headers`. Here they do replace headers that really
   *   arrived, other than at CONNECT: your verifier has seen these very values and accepted them.
   * - The client is told `{ ok: true }`, with `expiresAt` in milliseconds where that is known.
   *
   * When it refuses, nothing changes, and the client is told `{ error: { message, data } }`. A payload that is not an
   * object is refused without asking.
   *
   * The event belongs to the companion, on every namespace: neither `socket.on` and `socket.onAny` nor `socket.use` see it.
   */
  reauth?: ReauthOptions<S> | undefined;
  /**
   * Disconnects a socket once its credentials have run out: from its namespace, not from the whole connection, with
   * nothing said before. The client sees `io server disconnect`. When they have run out already at connection, that
   * is right after the `connection` listeners. Default: true with {@link InstallOptions.reauth}, otherwise false.
   *
   * With `true`, when they run out is the first of these that is known:
   * 1. what the last accepted refresh said: see {@link Renewal};
   * 2. `socket.data.expiresAt`, which your middleware may set: see {@link RestoredData};
   * 3. the `exp` of a JWT in `handshake.auth` (`token`, `accessToken`, `access_token`, `jwt` or `bearer`) or in
   *    `handshake.headers.authorization`, with or without `Bearer ` before it; the earliest, if there are several.
   *
   * A token is decoded here, **not verified**: that is for your middleware and for `verify`. A socket with none of these
   * stays. A time that cannot be read (`NaN`, an invalid `Date`) counts as over; `Infinity` means never.
   *
   * With a function you say it yourself, in place of 2 and 3: for each socket that connects, and after each refresh for
   * which `verify` has not said it. `undefined` means never. An error in it is like one in a `connection` listener:
   * nobody catches it.
   *
   * A connection that the server has recovered without running its middleware keeps the time it had, since nobody has
   * verified what it brought; `verify` does that, where there is one. Without it, clients with new tokens are cut off
   * at the old time: then set `skipMiddlewares: false` in `connectionStateRecovery`.
   */
  expiry?: boolean | ((socket: S) => number | Date | null | undefined) | undefined;
  /**
   * How long after that time a socket may stay, in milliseconds, for clocks that differ and refreshes that are under way.
   * Give it what your verifier of tokens allows. Default 0.
   */
  leeway?: number | undefined;
}

/** The type of a server's sockets. */
export type SocketOf<T> = T extends Server<infer L, infer E, infer S, infer D> ? Socket<L, E, S, D> : never;

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
 * Credentials that change while the connection is open are the matter of {@link InstallOptions.reauth}, and those that
 * run out of {@link InstallOptions.expiry}.
 *
 * @param io The server. Once per server.
 * @throws TypeError when `allow` is missing, empty, or holds something that is not a header name, or when `reauth`,
 * `expiry` or `leeway` is not what it has to be.
 * @throws Error when the companion is installed on this server already.
 */
export function install<T extends Server<any, any, any, any>>(io: T, options: InstallOptions<SocketOf<T>>): void;

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
