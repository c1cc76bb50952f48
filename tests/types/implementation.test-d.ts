// The hand-written declarations against the hand-written JavaScript: what is declared is there, and what is exported is
// declared.
import * as declared from "socketio-wasm";
import * as declaredInit from "socketio-wasm/init";
import * as entry from "../../src/js/entry.js";
import * as entryFull from "../../src/js/entry-full.js";
import * as entryInit from "../../src/js/entry-init.js";
import * as declaredEngine from "socketio-wasm/engine";
import * as declaredMsgpack from "socketio-wasm/msgpack";
import * as entryEngine from "../../src/js/entry-engine.js";
import * as entryMsgpack from "../../src/js/entry-msgpack.js";
import type { Engine } from "../../src/js/engine.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function holds<Condition extends true>(): Condition;
/** Names the member that is missing, in the error. */
declare function none<_Missing extends never>(): void;

holds<Equal<keyof typeof declared, keyof typeof entry>>();
holds<Equal<keyof typeof declared, keyof typeof entryFull>>();
holds<Equal<keyof typeof declaredInit, keyof typeof entryInit>>();

holds<Equal<keyof typeof declaredEngine, keyof typeof entryEngine>>();
holds<Equal<keyof typeof declaredMsgpack, keyof typeof entryMsgpack>>();

// The emitter's prototype gets these by assignment, out of the checker's sight.
type Aliases = "addEventListener" | "removeListener" | "removeEventListener" | "removeAllListeners";
type Missing<Declared, Implemented> = Exclude<keyof Declared, keyof Implemented | Aliases>;
none<Missing<declared.Socket, entry.Socket>>();
none<Missing<declared.Manager, InstanceType<typeof entry.Manager>>>();
none<Missing<declared.Engine, Engine>>();
none<Missing<declaredEngine.Socket, entryEngine.Socket>>();
holds<Equal<keyof declaredEngine.ParsedUrl, keyof ReturnType<typeof entryEngine.parse>>>();

// Properties have the declared types, where the JavaScript says what they are.
declare const socket: entry.Socket;
holds<Equal<typeof socket.id, declared.Socket["id"]>>();
holds<Equal<typeof socket.connected, declared.Socket["connected"]>>();
holds<Equal<typeof socket.active, declared.Socket["active"]>>();

// What apps give is taken.
export const init: (...args: Parameters<typeof declaredInit.init>) => Promise<void> = entryInit.init;
