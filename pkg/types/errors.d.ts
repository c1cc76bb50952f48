// What goes wrong, as an app sees it.

/**
 * What kind of thing went wrong. Codes are stable from release to release; texts are not.
 *
 * The settings (`willRetry` is false: another attempt would end the same way):
 * - `invalid_url`: the URL can't be parsed.
 * - `invalid_option`: an option has a value that it cannot have; the text names the option.
 * - `invalid_header`: a header has a name or a value that HTTP does not allow, or that browsers don't let a page set; the
 *   text names the header.
 * - `header_impossible`: `headerFallback` is `"error"`, or cannot be carried out on this transport; the text names the
 *   headers, the transport and the choices.
 * - `auth_impossible`: a server 1.x or 2.x, whose CONNECT has no payload: set `authPlacement` or `headerFallback`.
 * - `no_transport`: the option `transports` leaves none that there is.
 * - `mixed_content`: a page over https cannot talk to a server over http.
 * - `csp_blocked`: the page's Content-Security-Policy does not allow the server.
 *
 * Authentication:
 * - `auth_failed`: the function given as `auth` or `credentials.bearer` threw, its promise was rejected, it gave something that
 *   cannot be sent, or nothing in time. The `cause` is what it threw.
 * - `rejected`: the server's middleware refused the socket. `message` and `data` are the server's. (`willRetry` is false.)
 * - `unauthorized`: the handshake was answered with HTTP 401 or 403. (`willRetry` is false.)
 *
 * The network:
 * - `unreachable`: nothing answers at the server's address.
 * - `cors_missing`: the server does not allow the page's origin to read its answers.
 * - `cors_preflight`: it refuses the preflight requests that custom headers need.
 * - `cors_header`: it does not allow one of the headers; the hint names them.
 * - `cors_credentials`: it does not allow cookies from the page's origin, which `withCredentials` asks for.
 * - `redirected`: it answers with a redirect. Credentials do not follow one.
 * - `session_unknown`: the server does not know the session. It was restarted, or a load balancer without sticky sessions stands
 *   before several servers. Told by `connect_error`, or in the details of `disconnect` where the socket was connected.
 * - `transport_unknown`: the server's option `transports` leaves this one out.
 * - `transport_failed`: anything else: see `type`, `description`, `context` and `data`.
 * - `timeout`: no connection within the option `timeout`, or no answer to a sign-in.
 *
 * The protocol:
 * - `parse_error`: the server sent something that is not the protocol.
 * - `protocol_mismatch`: the server speaks another version of it.
 */
export type ErrorCode =
  | "invalid_url"
  | "invalid_option"
  | "invalid_header"
  | "header_impossible"
  | "auth_impossible"
  | "no_transport"
  | "mixed_content"
  | "csp_blocked"
  | "auth_failed"
  | "rejected"
  | "unauthorized"
  | "unreachable"
  | "cors_missing"
  | "cors_preflight"
  | "cors_header"
  | "cors_credentials"
  | "redirected"
  | "session_unknown"
  | "transport_unknown"
  | "transport_failed"
  | "timeout"
  | "parse_error"
  | "protocol_mismatch";

/** An error that the server may have given `data`: `next(Object.assign(new Error("…"), { data: … }))`. */
export interface ExtendedError extends Error {
  /**
   * The server's `data` where the code is `rejected`. Of a transport: what the server's answer says, where that is JSON, such as
   * Engine.IO's `{ code: 1, message: "Session ID unknown" }`.
   */
  data?: any;
}

/**
 * What `io()` and `new Manager()` throw, and what the manager's events `error` and `reconnect_error` and the `close` of a
 * connection tell. Its `message` never holds a secret: no value of a header, of the query or of `auth`. (What `auth` itself
 * threw, in `cause`, and the request in `context` are passed on as they are.)
 */
export interface ClientError extends ExtendedError {
  /** What kind of thing went wrong. */
  code: ErrorCode;
  /** What to do about it, in a sentence for the app's developer, where the message does not say it. */
  hint?: string;
  /** Set where a transport failed: with the codes of the network, `unauthorized`, `mixed_content` and `csp_blocked`. */
  type?: "TransportError";
  /**
   * Of a transport: the HTTP status, 0 where the browser keeps it to itself (not reachable, or no CORS), or what the
   * browser told (an `Event`).
   */
  description?: any;
  /** Of a transport: the `XMLHttpRequest`, the `Response` or the event. */
  context?: any;
}

/**
 * What a socket's `connect_error` tells.
 *
 * @example
 * socket.on("connect_error", (error) => {
 *   if (error.willRetry) return; // the client tries again by itself
 *   if (error.code === "rejected") askForLogin(error.data);
 *   else console.error(error.code, error.message);
 * });
 */
export interface ConnectError extends ClientError {
  /** Whether the client tries again without the app's doing. It is what `socket.active` says then. */
  willRetry: boolean;
  /** The transport of the attempt; none where it did not come to that. */
  transport?: "polling" | "websocket" | "webtransport" | "jsonp";
}

/** Why a connection ended: an error, or for `"transport close"` what the browser told. */
export type DisconnectDescription = Error | { description: string; context?: unknown };
