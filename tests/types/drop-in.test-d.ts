// What TypeScript apps do with socket.io-client. `tests/node/types.test.mjs` compiles this file with its types too: an app
// that changes the import must compile as before.
import socketClient, { connect, io, Manager, protocol, Socket } from "socketio-wasm";
import { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "socketio-wasm";
import type {
  DisconnectDescription,
  ExtendedError,
  ManagerOptions,
  ManagerReservedEvents,
  SocketOptions,
  SocketReservedEvents,
} from "socketio-wasm";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function holds<Condition extends true>(): Condition;

/** As socket.io-msgpack-parser declares itself. */
declare const msgpackParser: {
  Encoder: new () => { encode(packet: any): ArrayBuffer };
  Decoder: new () => { add(chunk: any): void; on(event: string, listener: (...args: any[]) => void): any; destroy(): void };
};

// How it is called.
export const sockets: Socket[] = [
  io(),
  io("https://example.com/admin"),
  io({ path: "/live" }),
  io("https://example.com", { transports: ["websocket"], auth: { token: "t" } }),
  io("https://example.com", { transports: [NodeXHR, NodeWebSocket], parser: msgpackParser }),
  io(undefined, { autoConnect: false }),
  connect("https://example.com"),
  socketClient("https://example.com"),
];
holds<Equal<ReturnType<typeof io>, Socket>>();
// @ts-expect-error a port is no URL
io(3000);
// @ts-expect-error
io("https://example.com", { reconnectionDelay: "soon" });
// @ts-expect-error
io("https://example.com", { extraHeaders: { "X-Count": 1 } });

export const version: number = protocol;

// Options that are put together before.
const transports = ["polling", "websocket"];
const options: Partial<ManagerOptions & SocketOptions> = {
  forceNew: true,
  multiplex: false,
  path: "/socket.io/",
  addTrailingSlash: false,
  query: { room: "a", n: 1 },
  extraHeaders: { Authorization: "Bearer t" },
  withCredentials: true,
  transports,
  upgrade: false,
  tryAllTransports: true,
  rememberUpgrade: true,
  protocols: ["chat.v1"],
  forceBase64: false,
  requestTimeout: 5000,
  timestampParam: "stamp",
  timestampRequests: false,
  transportOptions: { polling: { extraHeaders: { "X-Tenant": "acme" }, withCredentials: true }, websocket: { protocols: "chat" } },
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 20_000,
  autoConnect: false,
  ackTimeout: 1000,
  closeOnBeforeunload: true,
  useNativeTimers: true,
  hostname: "example.com",
  host: "example.com",
  port: 3000,
  secure: true,
  rejectUnauthorized: false,
};
io(options);
io({ auth: (callback) => callback({ token: "t" }) });
io({ auth: (callback) => setTimeout(() => callback({ token: "t" })) });
io({ transports: ["polling", "websocket", "webtransport"] });
io({ transports: [Fetch, WebSocket] });
io({ transports: [XHR, WebTransport] });

// A socket without types of its own takes any event.
declare const plain: Socket;
plain.on("news", (title, body) => {
  holds<Equal<typeof title, any>>();
  body.anything();
});
plain.emit("anything", 1, { a: [true] }, new Uint8Array(1), (answer: string) => answer.length);
plain.emitWithAck("anything", 1).then((answer) => answer.anything());
plain.send("one", 2);

// Typed events, both ways.
interface ServerToClient {
  noArgs: () => void;
  news: (title: string, count: number) => void;
  ask: (question: string, answer: (text: string) => void) => void;
}
interface ClientToServer {
  hello: () => void;
  say: (text: string) => void;
  add: (a: number, b: number, answer: (sum: number) => void) => void;
}
const typed: Socket<ServerToClient, ClientToServer> = io();
typed.on("news", (title, count) => {
  holds<Equal<[typeof title, typeof count], [string, number]>>();
});
typed.once("ask", (question, answer) => answer(question.toUpperCase()));
typed.on("noArgs", async () => {});
// @ts-expect-error the server does not emit it
typed.on("hello", () => {});
// @ts-expect-error
typed.on("news", (title: number) => title);
// @ts-expect-error
typed.once("ask", (question, answer) => answer(1));
typed.emit("hello");
typed.emit("say", "text");
typed.emit("add", 1, 2, (sum) => holds<Equal<typeof sum, number>>());
// @ts-expect-error the server does not take it
typed.emit("news", "title", 1);
// @ts-expect-error
typed.emit("say", 1);
// @ts-expect-error
typed.emit("say");
// @ts-expect-error
typed.emit("hello", "too much");
typed.volatile.emit("say", "text");
typed.compress(false).emit("say", "text");
// @ts-expect-error
typed.volatile.emit("say", 1);

// Acknowledgements.
holds<Equal<ReturnType<typeof addWithAck>, Promise<number>>>();
function addWithAck() {
  return typed.emitWithAck("add", 1, 2);
}
// @ts-expect-error
typed.emitWithAck("add", 1, "2");
typed.timeout(1000).emit("add", 1, 2, (error, sum) => {
  holds<Equal<[typeof error, typeof sum], [Error, number]>>();
});
// @ts-expect-error the error comes first
typed.timeout(1000).emit("add", 1, 2, (sum: number) => sum);

// One map for both directions.
const symmetric: Socket<ClientToServer> = io();
symmetric.on("say", (text) => holds<Equal<typeof text, string>>());
symmetric.emit("say", "text");

// The client's own events.
typed.on("connect", () => holds<Equal<typeof typed.id, string | undefined>>());
typed.on("connect_error", (error) => {
  error.message.length;
  error.data?.code;
});
typed.on("connect_error", (error: Error) => error.message);
typed.on("connect_error", (error: ExtendedError) => error.data);
typed.on("disconnect", (reason, description) => {
  if (reason === "io server disconnect") typed.connect();
  if (description instanceof Error) description.message.length;
  else description?.description.length;
  // @ts-expect-error
  if (reason === "no reason of ours") typed.connect();
});
typed.on("disconnect", (reason: Socket.DisconnectReason, description?: DisconnectDescription) => [reason, description]);
// @ts-expect-error
typed.on("connect", (value: string) => value);
export const handlers: Partial<SocketReservedEvents & ManagerReservedEvents> = {
  connect_error: (error) => error.message,
  reconnect_attempt: (attempt) => attempt + 1,
};

// Listeners.
const listener = (title: string) => console.log(title);
typed.on("news", listener).off("news", listener).off("news").off().removeAllListeners("news").removeAllListeners();
typed.removeListener("news", listener);
typed.listeners("news").length;
typed.hasListeners("connect");
typed.onAny((event, ...args) => [event, args]).prependAny(() => {}).offAny(() => {}).offAny().listenersAny().length;
typed.onAnyOutgoing(() => {}).prependAnyOutgoing(() => {}).offAnyOutgoing().listenersAnyOutgoing().length;

// Properties.
typed.auth = { token: "t" };
typed.auth = (callback) => callback({ token: "t" });
const booleans: boolean[] = [typed.connected, typed.disconnected, typed.active, typed.recovered];
booleans.push(typed.connect().connected, typed.open().connected, typed.disconnect().connected, typed.close().connected);
typed.sendBuffer.length;
typed.receiveBuffer.length;

// The manager.
const manager = new Manager("https://example.com", { autoConnect: false });
new Manager({ autoConnect: false });
const chat: Socket<ServerToClient, ClientToServer> = manager.socket("/chat", { auth: { token: "t" } });
chat.io.on("reconnect", (attempt) => attempt.toFixed());
chat.io.once("reconnect_error", (error) => error.message);
for (const event of ["open", "ping", "reconnect_failed"] as const) chat.io.on(event, () => {});
chat.io.on("close", (reason, description) => [reason.length, description]);
// @ts-expect-error
chat.io.on("no event of ours", () => {});
manager.open((error) => error?.message).connect();
manager.reconnection(false).reconnectionAttempts(3).reconnectionDelay(10).reconnectionDelayMax(20).randomizationFactor(0).timeout(false);
const settings: number = manager.reconnectionAttempts() + manager.reconnectionDelay() + manager.randomizationFactor();
const isOn: boolean = manager.reconnection();
manager.opts.extraHeaders = { Authorization: "Bearer t2" };
manager.opts.query!.room = "b";
manager.opts.transports = ["websocket"];
console.log(settings, isOn);

// The engine.
const { engine } = chat.io;
engine.on("upgrade", (transport) => transport.name.length);
engine.once("upgrade", () => engine.transport.name);
engine.on("packetCreate", ({ type, data }) => [type, data]);
engine.on("packet", ({ type, data }) => [type, data]);
engine.on("close", (reason) => reason.length);
for (const event of ["open", "drain", "flush", "ping", "pong", "heartbeat"] as const) engine.on(event, () => {});
engine.on("handshake", ({ sid, upgrades, pingInterval, pingTimeout, maxPayload }) => [
  sid.length + upgrades.length,
  pingInterval + pingTimeout + maxPayload,
]);
engine.on("data", (data) => data);
engine.on("upgradeError", (error) => error.message);
if (engine.readyState === "closing" && engine.writeBuffer.length > 0) engine.binaryType = "blob";
chat.io.on("packet", ({ type, nsp, data, id }) => [type + id!, nsp.length, data]);
engine.close();

// Generic code.
export function subscribe<Events extends Record<string, (...args: any[]) => void>>(socket: Socket<Events>, name: keyof Events & string) {
  socket.on(name, (() => {}) as any);
}
export class Store {
  socket: Socket | null = null;
  start() {
    this.socket = io().on("connect", () => this.socket?.emit("hello"));
  }
}
