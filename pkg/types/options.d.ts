// The options of `io()`, `new Manager()` and `manager.socket()`.
import type { ExtendedError } from "./errors.js";
import type { HeaderFallback } from "./plan.js";

/**
 * A transport by name: `"polling"` and `"xhr"` are HTTP long-polling through XMLHttpRequest, `"fetch"` is the same through
 * `fetch`. `"webtransport"` is left out where the browser lacks it; any other name is an `invalid_option` error.
 */
export type TransportName = "polling" | "xhr" | "fetch" | "websocket" | "webtransport" | "jsonp" | (string & {});

/** A transport by marker: {@link XHR}, {@link Fetch}, {@link WebSocket} or {@link WebTransport}. */
export interface TransportMarker {
  readonly transport: "xhr" | "fetch" | "websocket" | "webtransport";
}

/** Header fields by name. */
export interface ExtraHeaders {
  [header: string]: string;
}

/** A parser of the app's own, as `socket.io-client` takes one. */
export interface Parser {
  Encoder: new () => {
    /** The messages of a packet, texts and binaries, in their order. */
    encode(packet: any): any;
  };
  /** Each connection has its own. */
  Decoder: new () => {
    /** Takes the next message: a text, or an `ArrayBuffer`. */
    add(message: any): void;
    /** Is given the listener that takes packets, `{ type, nsp, data, id }`. */
    on(event: "decoded", listener: (packet: any) => void): any;
    /** The connection has ended. */
    destroy?(): void;
  };
}

/**
 * The options of a manager and its connection. `socket.io.opts` has them as the app gave them; a change there counts from
 * the next connection attempt on.
 *
 * A value of a type that an option cannot have is an `invalid_option` error, thrown by `io()` or told by `connect_error`.
 */
export interface ManagerOptions {
  // Which server.

  /**
   * The path of the server's endpoint, with or without a slash at its end. It is not the namespace: that is the path of
   * the URL.
   * @default "/socket.io/"
   */
  path: string;
  /**
   * Whether requests have a slash at the end of the path.
   * @default true
   */
  addTrailingSlash?: boolean;
  /**
   * The server, for a `new Manager(options)` without a URL: its name or address. With `io()` the URL counts.
   * @default the page's
   */
  hostname?: string;
  /** The same, also as a URL of which only that is used; it comes before {@link hostname}. */
  host?: string;
  /**
   * The server's port, where there is no URL.
   * @default that of the protocol where {@link hostname} is set, else the page's
   */
  port?: string | number;
  /**
   * Whether the connection is encrypted, where there is no URL.
   * @default whether the page came over https
   */
  secure?: boolean;
  /**
   * Parameters for the query of every request. Logs and proxies see them: no place for secrets. Where it is given, the
   * query of the URL is not used. A session that begins on WebTransport has none.
   */
  query?: { [key: string]: any };

  // Credentials. The payload, `auth`, is in `SocketOptions`.

  /**
   * Credentials that are given once, and travel as the transport at hand allows. `bearer` is a token (RFC 6750), or a function
   * that gives one before each connection: it becomes the header `Authorization: Bearer …`, in the place of one in
   * {@link extraHeaders}, and is moved as {@link headerFallback} says where there can be no header.
   *
   * A function is asked again, with the reason `rejected`, where the server answers the handshake with HTTP 401 or 403 or
   * refuses the namespace because of the credentials: once, before that is told; and with the reason `expired` where
   * {@link reauth} is set.
   *
   * @example
   * io(url, { credentials: { bearer: async ({ reason }) => getToken({ force: reason === "rejected" }) } });
   */
  credentials?: { bearer?: string | BearerProvider };
  /**
   * Where {@link SocketOptions.auth | auth} travels: in the CONNECT packet, or in the event `authentication` after it. Then
   * `connect` is told when the server answers `authenticated`, and its event `unauthorized` becomes `connect_error`: for servers
   * with the module `socketio-auth`. A server that does not answer within {@link authTimeout} is a `timeout`.
   *
   * With `"query"` that of the root namespace travels in the query of the handshake, which logs and proxies see; that of another namespace
   * in its CONNECT: as the query behind its name to servers 1.x and 2.x, as the payload to 3.x and 4.x. Servers 1.x and 2.x know no
   * payload: there `"payload"` is a `connect_error` with the code `auth_impossible`.
   * @default "payload"
   */
  authPlacement?: "payload" | "event" | "query";
  /**
   * The revision of Engine.IO to speak: 3 to servers 1.x and 2.x, 4 to 3.x and 4.x. By default that is found out, and
   * `socket.io.engine.protocol` says it. A server that speaks another is a `protocol_mismatch`.
   * @default "auto"
   */
  protocol?: "auto" | 3 | 4;
  /**
   * What becomes of credentials that are about to expire, while the socket is connected. A function in `auth` or
   * `credentials.bearer` is asked for others, with the reason `expired`, and they are sent
   *
   * - `{ event: "auth:refresh" }`: in this event, which the server acknowledges (`socketio-wasm/server` does, with the option
   *   `reauth`). Nothing else changes. Where the server refuses them, or does not answer within {@link authTimeout}, as with:
   * - `"connect"`: with DISCONNECT and CONNECT on the same transport, after the acknowledgements that are waited for. The app is
   *   told `disconnect` with the reason `"credentials renewed"`, then `connect`; the socket has another id, and is in no room.
   *
   * When they expire is known of a JWT (`exp`) in `auth` (as `token`, `accessToken`, `access_token`, `jwt` or `bearer`) or in
   * `credentials.bearer`, and of a member `expiresAt` of what the function gave. The page's clock may be wrong.
   *
   * The manager tells `renewal`, or `renewal_error` where the function failed; it is asked again.
   * @default nothing: the server decides what becomes of them
   */
  reauth?: { event: string } | "connect";
  /**
   * How long before they expire credentials are renewed, in milliseconds; never before two thirds of their time are over.
   * @default 60000
   */
  renewBefore?: number;
  /**
   * Whether to find out why polling failed where the browser does not say (status 0), before `connect_error` is told: `code` and
   * `hint` then name the reason and the server's setting. That takes a few requests to the server, which begin no session and
   * carry no credential but the cookies that {@link withCredentials} asks for; once for a server that keeps failing alike.
   * @default true
   */
  diagnose?: boolean;
  /**
   * Whether to print what happens and what is decided, each packet included, with `console.debug`. Without values: neither
   * credentials nor the arguments of events. The manager's event `trace` tells the same.
   * @default false
   */
  debug?: boolean;
  /**
   * Header fields. Polling sends them as headers, and the server keeps those of the first request for the whole session, an
   * upgrade included. Where the session begins on WebSocket or WebTransport a browser can send none: then
   * {@link headerFallback} says what becomes of them.
   *
   * A name or value that HTTP does not allow, or that browsers keep to themselves (`Cookie`, `Origin`, …), is an
   * `invalid_header` error before anything is sent.
   *
   * @example
   * io(url, { extraHeaders: { Authorization: `Bearer ${token}` } });
   */
  extraHeaders?: ExtraHeaders;
  /**
   * What becomes of `extraHeaders` where the session begins on a transport that cannot have headers.
   * @default "payload"
   */
  headerFallback?: HeaderFallback;
  /**
   * Which requests of polling carry `extraHeaders`. With `"handshake"` it is the first of each session: across origins each
   * request with a custom header costs a preflight. The server keeps the headers of the first request; a proxy in between
   * and middleware of the engine see the others without.
   * @default "always"
   */
  headersOn?: "always" | "handshake";
  /**
   * Options for one transport. `extraHeaders`: header fields for sessions that begin there. They come before {@link extraHeaders} of the same name. Those
   * of `polling` are the app's credentials on every transport: where the session begins on WebSocket, they are moved as
   * `headerFallback` says.
   *
   * And other options for one transport: `path` (used as it is), `query`, `timestampParam`, `timestampRequests`, `forceBase64`,
   * `protocols`, `withCredentials`, `requestTimeout`. Those of `webtransport` are also given to the browser's constructor
   * `WebTransport` as they are.
   *
   * @example
   * io(url, { transportOptions: { polling: { extraHeaders: { "X-Tenant": "acme" } } } });
   * @example
   * const serverCertificateHashes = [{ algorithm: "sha-256", value: hash }]; // for a certificate that no authority signed
   * io(url, { transportOptions: { webtransport: { serverCertificateHashes } } });
   */
  transportOptions?: { [transport: string]: { extraHeaders?: ExtraHeaders; [option: string]: any } };
  /**
   * Whether polling sends cookies to another origin, and stores those that it sets. The server has to allow it
   * (`cors: { origin: "https://…", credentials: true }`). On WebSocket, browsers always send them; on WebTransport, never.
   * @default false
   */
  withCredentials?: boolean;

  // Transports.

  /**
   * The transports to use. The session begins on the first of them; see {@link upgrade} and {@link tryAllTransports} for the
   * others. Names or markers: `["websocket"]`, `[Fetch, WebSocket]`. WebTransport is left out where the browser lacks it; a list
   * without any is a `no_transport` error. `"jsonp"`, polling through `<script>` elements, is for servers 1.x and 2.x: what they answer
   * runs in the page.
   * @default ["polling", "websocket", "webtransport"]
   */
  transports?: readonly (TransportName | TransportMarker)[];
  /**
   * Whether to move from polling to a better transport that is in `transports` and that the server offers. WebTransport is
   * tried first, and 200 milliseconds later a WebSocket too: the first to answer takes over.
   * @default true
   */
  upgrade?: boolean;
  /**
   * Whether to try the next of `transports` where one can't be opened, or has not been within {@link timeout}.
   * @default false
   */
  tryAllTransports?: boolean;
  /**
   * Whether to begin on WebSocket where the last one of this page worked. It then needs no upgrade; headers are moved as
   * `headerFallback` says.
   * @default false
   */
  rememberUpgrade?: boolean;
  /**
   * Subprotocols to offer on WebSocket.
   * @default []
   */
  protocols?: string | string[];
  /**
   * Whether binary travels as base64 on WebSocket too. (On polling it always does, on WebTransport never.)
   * @default false
   */
  forceBase64?: boolean;
  /**
   * What makes messages of packets and packets of messages, in the place of Socket.IO's own JSON. The server has to have the same:
   * `new Server({ parser })`. `"msgpack"` is known once `socketio-wasm/msgpack` has been imported. Read once, when the manager is
   * made.
   *
   * What the encoder throws goes to who called `emit`, or the acknowledgement; where the event had waited, and where the decoder
   * throws, the connection ends with the reason `parse error` and is opened again.
   *
   * @throws `invalid_option`, from `io()`, where it has no classes `Encoder` and `Decoder`
   * @example
   * import * as parser from "socketio-wasm/msgpack"; // or: import parser from "socket.io-msgpack-parser"
   * const socket = io(url, { parser });
   */
  parser?: "msgpack" | Parser;
  /**
   * How long a polling request may take, in milliseconds; 0 for as long as it likes. With `fetch` it has no effect.
   * @default 0
   */
  requestTimeout?: number;
  /**
   * The query's parameter that makes each URL another one, so that no cache answers.
   * @default "t"
   */
  timestampParam?: string;
  /**
   * Whether URLs have it: `true` those of WebSocket too, `false` none. That of WebTransport has no query.
   * @default those of polling
   */
  timestampRequests?: boolean;

  /**
   * Whether the connection is closed when the page is left or loaded anew, without a `disconnect` event: then every browser does
   * the same. A page with a listener for that may not be kept for going back.
   * @default false
   */
  closeOnBeforeunload?: boolean;
  /**
   * Whether timers are the browser's own, even where others are in their place when the manager is made, as a test's fake timers.
   * @default false
   */
  useNativeTimers?: boolean;

  // The manager.

  /**
   * Whether to connect at once. `false` waits for `socket.connect()`.
   * @default true
   */
  autoConnect: boolean;
  /**
   * Whether to make a connection of its own, even where there is one to this server.
   * @default false
   */
  forceNew: boolean;
  /**
   * Whether namespaces of one server share a connection.
   * @default true
   */
  multiplex: boolean;
  /**
   * How long a connection attempt may take, in milliseconds; `false` for as long as it likes. After that: `connect_error`
   * with the code `timeout`.
   * @default 20000
   */
  timeout: number | false;
  /**
   * How long a function in {@link SocketOptions.auth | auth} or {@link credentials} may take, in milliseconds; `false` for as long
   * as it likes.
   * @default 10000
   */
  authTimeout: number | false;
  /**
   * Whether to connect again after the connection is lost or can't be opened.
   * @default true
   */
  reconnection: boolean;
  /**
   * After how many failed attempts to give up: `reconnect_failed`.
   * @default Infinity
   */
  reconnectionAttempts: number;
  /**
   * The delay before the first attempt, in milliseconds. It doubles from attempt to attempt.
   * @default 1000
   */
  reconnectionDelay: number;
  /**
   * The longest delay, in milliseconds.
   * @default 5000
   */
  reconnectionDelayMax: number;
  /**
   * By how much of the delay it may differ, from 0 to 1, so that clients that lost their server together do not come back
   * together. No delay is longer than `reconnectionDelayMax`.
   * @default 0.5
   */
  randomizationFactor: number;

  // What socket.io-client has for Node.js only: without effect in a browser, there as here.

  /** @deprecated Without effect in a browser. */
  agent?: string | boolean;
  /** @deprecated Without effect in a browser. */
  autoUnref?: boolean;
  /** @deprecated Without effect in a browser. */
  ca?: string | string[];
  /** @deprecated Without effect in a browser. */
  cert?: string;
  /** @deprecated Without effect in a browser. */
  ciphers?: string;
  /** @deprecated Without effect in a browser. */
  key?: string;
  /** @deprecated Without effect in a browser. */
  passphrase?: string;
  /** @deprecated Without effect in a browser. */
  perMessageDeflate?: { threshold: number };
  /** @deprecated Without effect in a browser. */
  pfx?: string;
  /** @deprecated Without effect in a browser. */
  rejectUnauthorized?: boolean;
}

/** Why a function that gives credentials is asked, and until when. */
export interface CredentialRequest {
  /**
   * Why it is asked: the app connects, the connection was lost, the server refused what it gave before, or that is about to
   * expire.
   */
  readonly reason: "connect" | "reconnect" | "rejected" | "expired";
  /** How often it has been asked since the last connection, this time included. */
  readonly attempt: number;
  /** The namespace that they are for; none where it is the connection. Who asks at the same time shares one answer. */
  readonly namespace?: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A bearer token, and when it expires: in seconds or milliseconds since 1970, or a date. A JWT says so itself. */
export interface BearerToken {
  token: string;
  expiresAt?: number | string | Date;
}

/**
 * A function that gives a bearer token. Where it throws, its promise is rejected, it gives something else, or nothing within
 * {@link ManagerOptions.authTimeout | authTimeout}: `connect_error` with the code `auth_failed`, and it is asked again after the
 * delays of the reconnection.
 */
export type BearerProvider = (
  request: CredentialRequest,
) => string | BearerToken | Promise<string | BearerToken>;

/**
 * What a function that gives a payload is asked with. It is itself a function, which may be called with the payload, as with
 * the official client.
 */
export interface AuthRequest extends CredentialRequest {
  (payload: object): void;
  readonly namespace: string;
}

/**
 * The payload of a namespace's CONNECT: an object, or a function that gives one, and that is asked before each connection.
 *
 * An async function (or one that returns a promise) gives it as its result; the older form gives it to its argument. Where
 * the function throws, its promise is rejected, it gives something else than an object, or nothing within
 * {@link ManagerOptions.authTimeout | authTimeout}: `connect_error` with the code `auth_failed`, and it is asked again after the
 * delays of the reconnection.
 *
 * Where the server refuses the payload with an error that is about authentication, the function is asked once more, with the
 * reason `rejected`, and CONNECT is sent again on the same connection; the second refusal is a `connect_error`.
 *
 * The server reads the payload in `socket.handshake.auth`. A member `expiresAt` says when it expires (see
 * {@link ManagerOptions.reauth | reauth}); a member `subject` says whose it is, where no JWT does: a session is recovered only for
 * the same one.
 */
export type Auth =
  | { [key: string]: any }
  | ((request: AuthRequest) => void)
  | ((request: AuthRequest) => Promise<object>);

/** The options of one socket. */
export interface SocketOptions {
  /**
   * The credentials for the namespace.
   *
   * @example
   * io(url, { auth: { token } });
   * io(url, { auth: async () => ({ token: await freshToken() }) });
   * io(url, { auth: async ({ reason, signal }) => ({ token: await freshToken({ force: reason === "rejected", signal }) }) });
   * io(url, { auth: (callback) => callback({ token: localStorage.token }) });
   */
  auth?: Auth;
  /**
   * Whether a refusal of the server's (`connect_error`) is about authentication, so that a function in {@link auth} is asked for
   * another payload.
   * @default what `error.data` says: a `status` of 401 or 403, a `code` such as `invalid_token` or `token_expired`, or the `type`
   *   `UnauthorizedError`
   */
  isAuthError?: (error: ExtendedError) => boolean;
  /**
   * How often an event is sent again until the server acknowledges it. With it, events go one at a time, each after the
   * acknowledgement of the one before; `retries + 1` tries without an answer in `ackTimeout` give it up. An event may arrive
   * more than once: the server should tell by an id of its own. Volatile events are not affected.
   * @default 0
   */
  retries?: number;
  /**
   * How long to wait for each acknowledgement, in milliseconds. With it, callbacks take an error first, as with
   * `socket.timeout()`.
   * @default as long as the connection lasts
   */
  ackTimeout?: number;
}
