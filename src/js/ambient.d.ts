// What the build puts together (scripts/build/bundle.mjs), for the type checker.

/** What wasm-bindgen generates from `bridge.rs`, and what the module is instantiated with. */
declare module "#bindings" {
  export class Client {
    constructor(target: object, text: string, page: string | undefined, options: object);
    open(): void;
    close(): void;
    addSocket(namespace: string): number;
    connect(socket: number): void;
    disconnect(socket: number): void;
    isActive(socket: number): boolean;
    isWritable(): boolean;
    emit(socket: number, data: number, attachments: number, timeout: number, flags: number): number;
    acknowledge(socket: number, epoch: number, id: number, data: number, attachments: number): void;
    answer(socket: number, epoch: number, auth: number): void;
    refuse(socket: number, epoch: number, detail: number): void;
    watch(isWatched: boolean): void;
    sendMessage(data: number): void;
    closeEngine(): void;
    isReconnecting(): boolean;
    reconfigure(options: object): void;
  }
  export function parseUrl(text: string, page: string | undefined): string[];
  export const imports: WebAssembly.Imports;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** The module, decoded from the text that is inlined in the default entry. */
declare module "#wasm" {
  export function bytes(): Uint8Array;
}
