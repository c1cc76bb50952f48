// What the build puts together (scripts/build/bundle.mjs), for the type checker.

/** What Rust exports in `bridge.rs`, and what the module is instantiated with. A boolean comes as 0 or 1. */
declare module "#bindings" {
  export function addManager(target: number, speech: number, isNative: boolean): number;
  export function removeManager(manager: number): void;
  export function call(manager: number, what: number, socket?: number, number?: number): number;
  export function addSocket(manager: number, namespace: number, retries: number): number;
  export function emit(
    manager: number,
    socket: number,
    data: number,
    attachments: number,
    timeout: number,
    flags: number,
  ): number;
  export function acknowledge(
    manager: number,
    socket: number,
    epoch: number,
    id: number,
    data: number,
    attachments: number,
  ): void;
  export function bear(manager: number, expiresAt: number): number;
  export function authorize(manager: number, auth: number): void;
  export function configured(manager: number, epoch: number, detail: number): void;
  export function answer(manager: number, socket: number, epoch: number, auth: number): void;
  export function refuse(manager: number, socket: number, epoch: number, detail: number): void;
  export function sendMessage(manager: number, data: number, compress: boolean): number;
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
  export function writeBuffer(manager: number, connection: number): number;
  export function reconfigure(
    manager: number,
    isEnabled: boolean,
    attempts: number,
    delay: number,
    delayMax: number,
    randomizationFactor: number,
    timeout: number,
  ): void;
  export function dispatch(driver: number, transport: number, signal: number, slot: number, number: number): number;
  export const memory: WebAssembly.Memory;
  export const imports: WebAssembly.Imports;
  /** Gives all of the above their values, but for what is in the second part. */
  export function bind(exports: WebAssembly.Exports): void;
  /** Adds the second part, where there is one. */
  export function extend(bytes: () => Uint8Array, imports: WebAssembly.Imports): void;
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

/** The second part of the module, and what it imports besides. */
declare module "#rare" {
  export function bytes(): Uint8Array;
  export const imports: WebAssembly.Imports;
}
