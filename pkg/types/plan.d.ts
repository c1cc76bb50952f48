// The placement plan: where each credential travels.

/**
 * What becomes of `extraHeaders` on a transport that cannot have headers, because a browser can't send any there.
 *
 * | | WebSocket | WebTransport |
 * |---|---|---|
 * | `"payload"` | in the CONNECT payload, as `auth.headers` | the same |
 * | `"query"` | in the URL, as `header.<name>=<value>`: logs and proxies see it | an error |
 * | `"subprotocol"` | in `Sec-WebSocket-Protocol`, base64url: readable, and in some logs | an error |
 * | `"event"` | in the event `authentication` after connecting, with `auth` (see `authPlacement`) | the same |
 * | `"error"` | no connection: `connect_error` with the code `header_impossible` | the same |
 * | `"drop"` | they don't travel | the same |
 *
 * Servers put the first three back with `socketio-wasm/server`.
 */
export type HeaderFallback = "payload" | "query" | "subprotocol" | "event" | "error" | "drop";

/**
 * Where each credential of one connection travels. It has names and no values, so that it may be shown and logged.
 *
 * @example
 * socket.io.on("placement", (plan) => {
 *   for (const { name, placement } of plan.entries) console.log(`${name} travels in: ${placement}`);
 * });
 */
export interface PlacementPlan {
  /** The transport on which the session begins. An upgrade to another one changes nothing: the server keeps what it got. */
  transport: "polling" | "websocket" | "webtransport" | "jsonp";
  /** The headers, `auth`, the query's parameters and the cookies, in this order. */
  entries: PlacementEntry[];
}

/** Where one credential travels. */
export interface PlacementEntry {
  /**
   * What it is:
   * - `"bearer"`: the header `Authorization: Bearer …`
   * - `"header"`: any other header
   * - `"auth"`: the option `auth`
   * - `"query"`: a parameter of the option `query`, or of the URL
   * - `"cookies"`: whatever cookies the browser has for the server
   */
  credential: "header" | "bearer" | "auth" | "query" | "cookies";
  /** The header's name as the app wrote it, the query's key, `"auth"` or `"cookies"`. */
  name: string;
  /**
   * Where it travels: in a `"header"`, in the CONNECT `"payload"`, in the URL's `"query"`, in a WebSocket
   * `"subprotocol"`, in the `"cookie"` header that the browser writes, in an `"event"` after connecting, or
   * nowhere (`"none"`); then there is a warning.
   */
  placement: "header" | "payload" | "query" | "subprotocol" | "cookie" | "event" | "none";
  /** What the app should know about it, where there is something. */
  warning?: PlacementWarning;
}

/**
 * A warning of the plan. Where nobody listens to the manager's event `placement`, each is printed once with
 * `console.warn`.
 */
export interface PlacementWarning {
  /** Stable, for programs. */
  code: PlacementWarningCode;
  /** For people: the credential, the transport, where it went, and what to read on the server. It has no values. */
  message: string;
}

/**
 * - `header_moved`: a header travels in the CONNECT payload.
 * - `secret_in_url`: a header travels in the URL.
 * - `subprotocol_readable`: a header travels as a subprotocol.
 * - `header_late`: a header travels in an event, after the server has accepted the connection.
 * - `header_dropped`: a header doesn't travel.
 * - `auth_impossible`, `query_impossible`, `cookies_impossible`: the transport or the protocol has no place for it.
 * - `query_reserved`: a parameter with a name of Engine.IO's own (`EIO`, `transport`, `sid`) doesn't travel.
 */
export type PlacementWarningCode =
  | "header_moved"
  | "secret_in_url"
  | "subprotocol_readable"
  | "header_late"
  | "header_dropped"
  | "auth_impossible"
  | "query_impossible"
  | "query_reserved"
  | "cookies_impossible";
