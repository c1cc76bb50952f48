// @ts-check
/**
 * The app's own encoder and decoder, in the place of the default ones. They are code of the app: Rust says when they are called,
 * and nothing that they throw gets there.
 */
import * as rust from "#bindings";
import { checkedMessage, hold, shapeOf } from "../web/edge.js";

/** The parser of one manager. */
export class Parser {
  /** What the encoder threw in a call of the app, which gets it. @type {unknown[] | undefined} */
  _thrown;

  /** @param {{ Encoder: any, Decoder: any }} classes @param {number} manager */
  constructor({ Encoder, Decoder }, manager) {
    this._manager = manager;
    this._encoder = new Encoder();
    this._Decoder = Decoder;
  }

  /** A decoder for what arrives on a connection. @param {import("./engine.js").Engine} engine */
  _decode(engine) {
    const decoder = new this._Decoder();
    const guarded = (/** @type {() => void} */ act) => {
      try {
        act();
      } catch (error) {
        this._fail(engine._number, error);
      }
    };
    decoder.on("decoded", (/** @type {any} */ packet) => guarded(() => this._decoded(engine, packet)));
    return {
      _add: (/** @type {any} */ message) => guarded(() => decoder.add(message)),
      _end: () => guarded(() => decoder.destroy?.()),
    };
  }

  /** @param {import("./engine.js").Engine} engine @param {any} packet which may be anything */
  _decoded(engine, { type, nsp, id, data }) {
    const number = (/** @type {any} */ value) => (typeof value === "number" ? value : NaN);
    const kind = typeof nsp === "string" ? number(type) : NaN;
    const body = data ?? undefined;
    rust.decoded(this._manager, engine._number ?? 0, kind, number(id ?? -1), hold(String(nsp)), shapeOf(body), hold(body));
  }

  /**
   * The messages of a packet, in the table; 0 where there are none.
   * @param {number} connection @param {string} nsp @param {number} code @param {number} id or negative @param {any} data @param {boolean} compress
   */
  _encode(connection, nsp, code, id, data, compress) {
    /** @type {any} */
    const packet = { type: code - 40, nsp: nsp.startsWith("/") ? nsp : `/${nsp}`, options: { compress } };
    // What the protocol itself sends is JSON.
    if (data !== undefined) packet.data = typeof data === "string" ? JSON.parse(data) : data;
    if (id >= 0) packet.id = id;
    try {
      return hold(Array.from(this._encoder.encode(packet), checkedMessage));
    } catch (error) {
      if (this._thrown) this._thrown.push(error);
      else this._fail(connection, error);
      return 0;
    }
  }

  /** Makes a call of the app, which gets what the encoder throws in it. @template T @param {() => T} call @returns {T} */
  _call(call) {
    const outer = this._thrown;
    /** @type {unknown[]} */
    const thrown = (this._thrown = []);
    const result = call();
    this._thrown = outer;
    if (thrown.length) throw thrown[0];
    return result;
  }

  /** @param {number | undefined} connection @param {unknown} error */
  _fail(connection, error) {
    rust.garbled(this._manager, connection ?? 0, hold(error));
  }
}
