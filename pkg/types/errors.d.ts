// What goes wrong, as an app sees it.

/**
 * What kind of thing went wrong. Codes are stable from release to release; texts are not.
 *
 * The app's own settings (`willRetry` is false: another attempt would end the same way):
 * - `invalid_url`: the URL can't be parsed.
 * - `invalid_option`: an option has a value that it cannot have; the text names the option.
 * - `invalid_header`: a header has a name or a value that HTTP does not allow, or that browsers don't let a page set; the
 *   text names the header.
 * - `header_impossible`: `headerFallback` is `"error"`, or cannot be carried out on this transport; the text names the
 *   headers, the transport and the choices.
 * - `no_transport`: the option `transports` leaves none that there is.
 *
 * The connection:
 * - `auth_failed`: the function given as `auth` threw, its promise was rejected, or what it gave is not an object.
 * - `rejected`: the server's middleware refused the socket. `message` and `data` are the server's.
 * - `transport_failed`: the network or the server failed: see `type`, `description` and `context`.
 * - `timeout`: no connection within the option `timeout`.
 * - `parse_error`: the server sent something that is not the protocol.
 * - `protocol_mismatch`: the server speaks another version of it.
 */
export type ErrorCode =
  | "invalid_url"
  | "invalid_option"
  | "invalid_header"
  | "header_impossible"
  | "no_transport"
  | "auth_failed"
  | "rejected"
  | "transport_failed"
  | "timeout"
  | "parse_error"
  | "protocol_mismatch";

/** An error that the server may have given `data`: `next(Object.assign(new Error("…"), { data: … }))`. */
export interface ExtendedError extends Error {
  /** The server's `data` where the code is `rejected`. */
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
  /** Set where a transport failed: `code` is `transport_failed`. */
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
  /** Whether the client tries again without the app's doing. */
  willRetry: boolean;
}

/** Why a connection ended: an error, or for `"transport close"` what the browser told. */
export type DisconnectDescription = Error | { description: string; context?: unknown };
