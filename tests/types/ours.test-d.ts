// What socket.io-client does not have.
import { Fetch, io, Manager, XHR } from "socketio-wasm";
import type { ConnectError, ErrorCode, HeaderFallback, PlacementEntry, PlacementPlan, Socket } from "socketio-wasm";
import * as inlined from "socketio-wasm";
import * as loaded from "socketio-wasm/init";
import { init } from "socketio-wasm/init";
import { parse, Socket as EngineSocket } from "socketio-wasm/engine";
import * as msgpack from "socketio-wasm/msgpack";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function holds<Condition extends true>(): Condition;

// Headers.
for (const headerFallback of ["payload", "query", "subprotocol", "event", "error", "drop"] as const) io({ headerFallback });
// @ts-expect-error
io({ headerFallback: "somewhere" });
const fallback: HeaderFallback = "query";
io({ headerFallback: fallback, extraHeaders: { Authorization: "Bearer t" }, transports: ["xhr", "fetch", "websocket"] });
io({ transports: [XHR, "websocket", Fetch] });
// @ts-expect-error markers are objects of this package
io({ transports: [class Transport {}] });

// Parsers.
io({ parser: msgpack });
io({ parser: "msgpack" });
// @ts-expect-error
io({ parser: {} });
// @ts-expect-error
io({ parser: "protobuf" });

// The plan.
declare const socket: Socket;
socket.io.on("placement", (plan) => {
  holds<Equal<typeof plan, PlacementPlan>>();
  for (const { name, placement, warning } of plan.entries) console.log(name.length, placement === "payload", warning?.code === "header_moved");
});
holds<Equal<typeof socket.io.plan, PlacementPlan | undefined>>();
// @ts-expect-error
socket.io.plan = undefined;
declare const entry: PlacementEntry;
// @ts-expect-error
if (entry.placement === "somewhere") socket.connect();

// With a time-out, too, the promise is of the answer. (socket.io-client has it be of the error.)
interface Events {
  add: (a: number, b: number, answer: (sum: number) => void) => void;
  ping: (answer: () => void) => void;
}
declare const typed: Socket<Events>;
typed.timeout(1000).emitWithAck("add", 1, 2).then((sum) => holds<Equal<typeof sum, number>>());
typed.timeout(1000).emitWithAck("ping").then((nothing) => holds<Equal<typeof nothing, undefined>>());
socket.timeout(1000).emitWithAck("anything").then((answer) => holds<Equal<typeof answer, any>>());

// Credentials that come later.
io({ auth: async () => ({ token: "t" }) });
io({ auth: () => Promise.resolve({ token: "t" }) });
socket.auth = async () => ({ token: "t" });
io({
  auth: async ({ reason, attempt, namespace, signal }) => {
    const force: boolean = reason === "rejected" && attempt > 1 && !signal.aborted;
    return { token: "t", force, namespace };
  },
  authTimeout: 5_000,
  isAuthError: (error) => error.data?.status === 401,
  headersOn: "handshake",
});
// @ts-expect-error
io({ headersOn: "sometimes" });
io({ credentials: { bearer: "token" }, reauth: { event: "auth:refresh" }, renewBefore: 5_000, diagnose: false, debug: true });
io({ credentials: { bearer: async ({ reason, signal }) => (reason === "expired" && !signal.aborted ? "t" : "u") } });
io({ credentials: { bearer: () => ({ token: "t", expiresAt: new Date() }) }, reauth: "connect", authPlacement: "event" });
// @ts-expect-error a bearer token is text
io({ credentials: { bearer: 5 } });
// @ts-expect-error
io({ reauth: "sometimes" });
new Manager().socket("/admin", { auth: async () => ({ token: "t" }) });

// Errors.
socket.on("connect_error", (error) => {
  holds<Equal<typeof error, ConnectError>>();
  holds<Equal<typeof error.willRetry, boolean>>();
  const code: ErrorCode = error.code;
  // @ts-expect-error
  if (code === "no code of ours") socket.connect();
  if (error.type === "TransportError") console.log(error.description, error.context);
  holds<Equal<typeof error.hint, string | undefined>>();
  if (error.transport === "websocket" || error.code === "cors_header") console.log(error.cause);
});
socket.on("disconnect", (reason) => console.log(reason === "credentials renewed"));
socket.io.on("renewal", (namespace) => console.log(namespace.length));
socket.io.on("renewal_error", ({ code }, namespace) => console.log(code === "auth_failed", namespace.length));
socket.io.on("trace", ({ time, what, ...details }) => console.log(time.getTime(), what.length, details));
socket.io.engine.on("error", ({ code }) => holds<Equal<typeof code, ErrorCode>>());
socket.io.on("error", ({ code }) => holds<Equal<typeof code, ErrorCode>>());

// The function has the rest, as in the official client's JavaScript.
holds<Equal<typeof io.Manager, typeof Manager>>();
holds<Equal<typeof io.connect, typeof io>>();

// The other entry.
for (const source of ["/socketio.wasm", new URL("https://example.com"), new Request("/"), new Response(), fetch("/"), new Uint8Array(1)]) {
  const ready: Promise<void> = init(source);
  ready.then(() => loaded.io());
}
declare const module: WebAssembly.Module;
init(module);
// @ts-expect-error the source is not known
init();
holds<Equal<Exclude<keyof typeof loaded, "init">, keyof typeof inlined>>();
holds<Equal<typeof loaded.Socket, typeof inlined.Socket>>();
// @ts-expect-error only the other entry has it
inlined.init;

// The engine alone.
const engine = new EngineSocket("https://example.com", { headerFallback: "query", extraHeaders: { "X-Tenant": "a" }, transports: [Fetch] });
engine.on("handshake", ({ sid, upgrades }) => console.log(sid.length, upgrades[0]?.length));
engine.on("message", (data) => engine.send(data, { compress: false }, () => {}).close());
engine.on("placement", (plan) => holds<Equal<typeof plan, PlacementPlan>>());
engine.on("close", (reason) => reason.startsWith("transport"));
// @ts-expect-error there is no CONNECT payload
new EngineSocket("https://example.com", { headerFallback: "payload" });
// @ts-expect-error nothing connects again
new EngineSocket({ reconnection: true });
// @ts-expect-error
engine.on("connect", () => {});
holds<Equal<ReturnType<typeof parse>["host"], string>>();
