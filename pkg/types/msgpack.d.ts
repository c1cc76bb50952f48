// The entry with the MessagePack parser. Importing it makes the name "msgpack" known to the option `parser`.

/** The version of the Socket.IO protocol: 5. */
export declare const protocol: number;

/** The types of packets. */
export declare const PacketType: {
  readonly CONNECT: 0;
  readonly DISCONNECT: 1;
  readonly EVENT: 2;
  readonly ACK: 3;
  readonly CONNECT_ERROR: 4;
};

/**
 * Makes one binary message of a packet, as `socket.io-msgpack-parser` does: a `Date` arrives as one, and `undefined` as itself.
 * Typed arrays arrive as their bytes.
 */
export declare class Encoder {
  /** @throws `TypeError` for a `Blob`, which can only be read later; an error for what MessagePack can't hold, such as a BigInt */
  encode(packet: { type: number; nsp: string; data?: any; id?: number }): ArrayBuffer[];
}

/** Makes packets of messages. */
export declare class Decoder {
  /** @throws where it is not MessagePack */
  add(message: ArrayBuffer | ArrayBufferView): void;
  on(event: "decoded", listener: (packet: any) => void): this;
  destroy(): void;
}
