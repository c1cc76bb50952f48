// @ts-check
/**
 * The streams of WebTransport sessions. They carry bytes; Rust says how many of them make a piece, and what a piece is. As in
 * `edge.js`, nothing is thrown into Rust.
 */
import { BROKEN, BYTES, CLOSED, OPENED, bytesOf, detail, dispatch, held, hold } from "./edge.js";
import { refuse } from "./network.js";

/** How long the browser may take to send the rest of a stream before its session is closed, in milliseconds. */
const GRACE = 10_000;

/** How long it is waited for that where the browser does not say when it has, in milliseconds. */
const LINGER = 1_000;

/** Opens a session; gives the number of its {@link line}. @param {number} url @param {number} options @param {number} driver @param {number} transport */
export const openSession = (url, options, driver, transport) => hold(line(held[url], held[options], driver, transport));

/**
 * A session and its stream: what ends it, which writes as well. Where the browser refuses, a signal says so later. Runs code of
 * the app: the options' getters.
 * @param {string} url @param {any} options of the constructor @param {number} driver @param {number} transport
 */
export const line = (url, options, driver, transport) => {
  try {
    return connect(new WebTransport(url, options), driver, transport);
  } catch (error) {
    refuse(driver, transport, BROKEN, error);
    return () => {};
  }
};

/** @param {WebTransport} session @param {number} driver @param {number} transport */
const connect = (session, driver, transport) => {
  /** @type {WritableStreamDefaultWriter<Uint8Array> | undefined} */
  let writer;
  /** Until all is written. @type {Promise<unknown>} */
  let written = Promise.resolve();
  let isHeard = true;
  const close = () => session.close();
  const closed = (/** @type {any} */ info) =>
    isHeard && dispatch(driver, transport, CLOSED, detail("webtransport connection closed", info), 0);
  const failed = (/** @type {any} */ error) => isHeard && dispatch(driver, transport, BROKEN, detail(error), 0);
  session.closed.then(closed, failed);
  session.ready
    .then(() => session.createBidirectionalStream())
    .then(({ readable, writable }) => {
      writer = writable.getWriter();
      return isHeard && read(readable.getReader()).then(closed);
    })
    // Where the session has ended, it says by itself how.
    .catch((error) => error?.source === "session" || failed(error));

  /** Gives how many bytes are wanted next. @param {number} signal @param {number} slot @param {number} number */
  const tell = (signal, slot, number) => dispatch(driver, transport, signal, slot, number) >>> 0;

  /** Tells of the stream's pieces until it ends. @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  const read = async (reader) => {
    /** What has arrived and is not told. @type {Uint8Array[]} */
    const chunks = [];
    let size = 0;
    let wanted = tell(OPENED, 0, 0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      chunks.push(value);
      size += value.length;
      while (isHeard && wanted <= size) {
        const bytes = cut(chunks, wanted);
        size -= wanted;
        const number = bytes.subarray(0, 4).reduce((number, byte) => number * 256 + byte, 0);
        wanted = tell(BYTES, hold(bytes.buffer), number);
      }
    }
  };

  const end = () => {
    isHeard = false;
    if (!writer) return close();
    const timer = setTimeout(close, GRACE);
    written
      .then(flush)
      .catch(() => {})
      .then(close)
      .then(() => clearTimeout(timer));
  };

  /** Has the browser send what is written. Firefox says at once that it has, before a byte is on its way. */
  const flush = async () => {
    let isLater = false;
    setTimeout(() => (isLater = true));
    await writer?.close();
    if (!isLater) await new Promise((resolve) => setTimeout(resolve, LINGER));
  };

  /** What can't be sent closes the connection. @param {Uint8Array} head @param {any} content */
  const _write = (head, content) => {
    const frame = (/** @type {any} */ content) => {
      const bytes = bytesOf(content);
      const all = new Uint8Array(head.length + bytes.length);
      all.set(head);
      all.set(bytes, head.length);
      return all;
    };
    // Here and now: the app may change a binary after the call.
    const framed = new Promise((resolve) => resolve(content.arrayBuffer ? content.arrayBuffer().then(frame) : frame(content)));
    written = Promise.all([framed, written]).then(([bytes]) => writer?.write(bytes));
    written.catch(close);
  };

  return Object.assign(end, { _write });
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
