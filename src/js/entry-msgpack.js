// @ts-check
/**
 * The entry with the MessagePack parser: packets as npm's `socket.io-msgpack-parser` has them, each one binary message. Importing
 * it makes the name `"msgpack"` known to the option `parser`.
 */
import decode from "notepack.io/browser/decode.js";
import encode from "notepack.io/browser/encode.js";
import { Emitter } from "./emitter.js";
import { register } from "./parsers.js";

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** The types of packets. */
export const PacketType = { CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4 };

/** The value with its binaries as the library takes them. Runs code of the app (`toJSON`). @param {any} value @returns {any} */
const packable = (value) => {
  if (!value || typeof value !== "object" || value instanceof ArrayBuffer || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice().buffer;
  if (typeof Blob === "function" && value instanceof Blob)
    throw new TypeError("The parser msgpack can't send a Blob: send what its arrayBuffer() gives");
  if (Array.isArray(value)) return value.map(packable);
  if (typeof value.toJSON === "function") return packable(value.toJSON());
  return Object.fromEntries(Object.keys(value).map((key) => [key, packable(value[key])]));
};

/** Makes a message of a packet. */
export class Encoder {
  /** @param {any} packet @returns {ArrayBuffer[]} */
  encode({ type, nsp, data, id }) {
    return [encode({ type, nsp, ...(data !== undefined && { data: packable(data) }), ...(id !== undefined && { id }) })];
  }
}

/** Makes packets of messages. What it gives is checked by who asks it. */
export class Decoder extends Emitter {
  /** @param {any} message */
  add(message) {
    this._say("decoded", decode(message));
  }

  destroy() {
    this.off();
  }
}

register("msgpack", { protocol, PacketType, Encoder, Decoder });
