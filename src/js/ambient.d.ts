// What the build puts together (scripts/build/bundle.mjs), for the type checker.

/** What Rust exports in `bridge.rs`, and what the module is instantiated with. A boolean comes as 0 or 1. */
declare module "#bindings" {
  export function addManager(
    target: number,
    text: number,
    page: number,
    options: number,
    isEngineOnly: boolean,
  ): number;
  export function open(manager: number, isAttended: boolean): void;
  export function close(manager: number): void;
  export function removeManager(manager: number): void;
  export function addSocket(manager: number, namespace: number, options: number): number;
  export function connect(manager: number, socket: number): void;
  export function disconnect(manager: number, socket: number): void;
  export function isActive(manager: number, socket: number): number;
  export function isWritable(manager: number): number;
  export function wouldSend(manager: number, isVolatile: boolean): number;
  export function emit(
    manager: number,
    socket: number,
    data: number,
    attachments: number,
    timeout: number,
    flags: number,
  ): number;
  export function discard(manager: number, socket: number, number: number): void;
  export function acknowledge(
    manager: number,
    socket: number,
    epoch: number,
    id: number,
    data: number,
    attachments: number,
  ): void;
  export function bear(manager: number, token: number, expiresAt: number): number;
  export function authorize(manager: number, auth: number): void;
  export function configured(manager: number, epoch: number, detail: number): void;
  export function answer(manager: number, socket: number, epoch: number, auth: number): void;
  export function refuse(manager: number, socket: number, epoch: number, detail: number): void;
  export function decline(manager: number, socket: number, epoch: number): void;
  export function watch(manager: number, isWatched: boolean): void;
  export function sendMessage(manager: number, data: number, compress: boolean): void;
  export function decoded(
    manager: number,
    connection: number,
    kind: number,
    id: number,
    namespace: number,
    shape: number,
    data: number,
  ): void;
  export function garbled(manager: number, connection: number, detail: number): void;
  export function writeBuffer(manager: number): number;
  export function closeEngine(manager: number): void;
  export function isReconnecting(manager: number): number;
  export function reconfigure(manager: number, options: number): number;
  export function parseUrl(text: number, page: number): number;
  export function dispatch(driver: number, transport: number, signal: number, slot: number, number: number): number;
  export const memory: WebAssembly.Memory;
  export const imports: WebAssembly.Imports;
  /** Gives all of the above their values. */
  export function bind(exports: WebAssembly.Exports): void;
}

/** MessagePack, with `undefined` and dates as `socket.io-msgpack-parser` has them. */
declare module "notepack.io/browser/encode.js" {
  export default function encode(value: any): ArrayBuffer;
}
declare module "notepack.io/browser/decode.js" {
  export default function decode(message: ArrayBuffer | ArrayBufferView): any;
}

/** The module, decoded from the text that is inlined. It throws in the entry that loads it. */
declare module "#wasm" {
  export function bytes(): Uint8Array;
}
