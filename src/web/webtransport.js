// @ts-check
/**
 * The streams of WebTransport sessions. They carry bytes; Rust says how many of them make a piece, and what a piece is. As in
 * `edge.js`, nothing is thrown into Rust.
 */
import { BROKEN, BYTES, CLOSED, OPENED, bytesOf, copyHead, detail, hold, peek, put, refuse, take, tell } from "./edge.js";

/** How long the browser may take to send the rest of a stream before its session is closed, in milliseconds. */
const GRACE = 10_000;

/**
 * A session and its stream.
 * @typedef {object} Line
 * @property {WebTransport} _session
 * @property {WritableStreamDefaultWriter<Uint8Array> | undefined} _writer
 * @property {Promise<unknown>} _written until all is written
 * @property {boolean} _heard
 */

/** Whether this browser has it, and gives it to this page. */
export const hasWebTransport = () => typeof WebTransport === "function";

/**
 * Opens a session. Gives the number of its line, or 0 where that can't be; a signal says so later. Runs code of the app: the
 * options' getters.
 * @param {number} url @param {number} options of the constructor @param {number} driver @param {number} transport
 */
export const openSession = (url, options, driver, transport) => {
  try {
    return hold(connect(new WebTransport(peek(url), peek(options)), driver, transport));
  } catch (error) {
    return refuse(driver, transport, BROKEN, error);
  }
};

/** @param {WebTransport} session @param {number} driver @param {number} transport */
const connect = (session, driver, transport) => {
  /** @type {Line} */
  const line = { _session: session, _writer: undefined, _written: Promise.resolve(), _heard: true };
  const close = (/** @type {any} */ info) =>
    line._heard && tell(driver, transport, CLOSED, detail("webtransport connection closed", info), 0);
  const fail = (/** @type {any} */ error) => line._heard && tell(driver, transport, BROKEN, detail(error), 0);
  session.closed.then(close, fail);
  session.ready
    .then(() => session.createBidirectionalStream())
    .then(({ readable, writable }) => {
      line._writer = writable.getWriter();
      return line._heard && read(line, readable.getReader(), driver, transport).then(close);
    })
    // Where the session has ended, it says by itself how.
    .catch((error) => error?.source === "session" || fail(error));
  return line;
};

/**
 * Tells of the stream's pieces until it ends.
 * @param {Line} line @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {number} driver @param {number} transport
 */
const read = async (line, reader, driver, transport) => {
  /** What has arrived and is not told. @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  let wanted = tell(driver, transport, OPENED, 0, 0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    chunks.push(value);
    size += value.length;
    while (line._heard && wanted <= size) {
      const bytes = cut(chunks, wanted);
      size -= wanted;
      const number = bytes.subarray(0, 4).reduce((number, byte) => number * 256 + byte, 0);
      wanted = tell(driver, transport, BYTES, hold(bytes.buffer), number);
    }
  }
};

/** Takes bytes from the front, of which there are enough. @param {Uint8Array[]} chunks @param {number} count */
const cut = (chunks, count) => {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const [chunk] = chunks;
    const part = chunk.subarray(0, count - at);
    bytes.set(part, at);
    at += part.length;
    if (part.length < chunk.length) chunks[0] = chunk.subarray(part.length);
    else chunks.shift();
  }
  return bytes;
};

/** Makes bytes a text, in place, and says how many code units of it are copied. @param {number} slot */
export const toText = (slot) => copyHead(put(slot, new TextDecoder().decode(peek(slot))));

/** Makes a text bytes, in place, and says how many bytes it is, or a binary. @param {number} slot @returns {number} */
export const toBytes = (slot) => {
  const value = peek(slot);
  if (typeof value === "string") return put(slot, new TextEncoder().encode(value)).length;
  return value.byteLength ?? value.size;
};

/**
 * What can't be sent closes the connection.
 * @param {number} session @param {Uint8Array} header @param {number} slot of the content, which is taken
 */
export const writeFrame = (session, header, slot) => {
  /** @type {Line} */
  const line = peek(session);
  const content = take(slot);
  // A view of Rust's memory, which is gone when a Blob has been read.
  const head = header.slice();
  const frame = (/** @type {any} */ content) => {
    const bytes = bytesOf(content);
    const all = new Uint8Array(head.length + bytes.length);
    all.set(head);
    all.set(bytes, head.length);
    return all;
  };
  // Here and now: the app may change a binary after the call.
  const framed = new Promise((resolve) => resolve(content.arrayBuffer ? content.arrayBuffer().then(frame) : frame(content)));
  line._written = Promise.all([framed, line._written]).then(([bytes]) => line._writer?.write(bytes));
  line._written.catch(() => line._session.close());
};

/** @param {number} slot of a line, which is taken */
export const closeSession = (slot) => {
  /** @type {Line | undefined} */
  const line = take(slot);
  if (!line) return;
  line._heard = false;
  const close = () => line._session.close();
  if (!line._writer) return close();
  const timer = setTimeout(close, GRACE);
  line._written
    .then(() => line._writer?.close())
    .catch(() => {})
    .then(close)
    .then(() => clearTimeout(timer));
};
