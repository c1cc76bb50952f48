// @ts-check
/** Timers, the page, URLs, and the transports that every app may use. As in `edge.js`, nothing is thrown into Rust. */
import {
  ACCEPTED,
  ANSWERED,
  BINARY,
  BROKEN,
  CLOSED,
  COMPOSED,
  OPENED,
  TEXT,
  UNLOADED,
  WOKEN,
  base64,
  copyHead,
  detail,
  dispatch,
  groups,
  held,
  hold,
  memory,
  take,
  unitsOf,
  utf8,
} from "./edge.js";

// Timers, one for each driver.

/** The functions as they are, which fake timers replace. */
const timerFunctions = () => ({ set: globalThis.setTimeout.bind(globalThis), clear: globalThis.clearTimeout.bind(globalThis) });

/** The browser's own, as long as nobody had the time to replace them. */
const nativeTimers = timerFunctions();

/** @type {{ set: typeof nativeTimers.set, clear: typeof nativeTimers.clear, timer?: any }[]} */
const timers = [];

/** Has a driver use the functions of now, or the browser's own. @param {number} driver @param {number} isNative */
export const bindTimers = (driver, isNative) => {
  timers[driver] = isNative ? { ...nativeTimers } : timerFunctions();
};

/** @param {number} driver @param {number} delay in milliseconds */
export const setTimer = (driver, delay) => {
  const own = timers[driver];
  own.clear(own.timer);
  own.timer = own.set(() => dispatch(driver, 0, WOKEN, 0, 0), delay);
};

/** @param {number} driver */
export const clearTimer = (driver) => {
  const own = timers[driver];
  own.clear(own.timer);
};

// The page.

/** What drivers listen to while they have a connection. @type {Map<number, () => void>} */
const guards = new Map();

/** Tells a driver that the page is left, from now on or no longer: a page with such a listener may not be kept for going back. @param {number} driver @param {number} isGuarding */
export const guardUnload = (driver, isGuarding) => {
  const guard = guards.get(driver);
  if (guard) globalThis.removeEventListener?.("beforeunload", guard);
  guards.delete(driver);
  if (!isGuarding) return;
  const tell = () => dispatch(driver, 0, UNLOADED, 0, 0);
  guards.set(driver, tell);
  globalThis.addEventListener?.("beforeunload", tell);
};

// Servers.

/** What servers speak, by their addresses. @type {Map<string, number>} */
const revisions = new Map();

/** @param {number} server @param {number} revision or 0 */
export const learn = (server, revision) => {
  revisions.set(held[server], revision);
};

/** @param {number} server @returns {number} 0 where it is not known */
export const known = (server) => revisions.get(held[server]) ?? 0;

// URLs.

/** A URL with another scheme. @param {number} url @param {number} scheme which is taken */
export const withScheme = (url, scheme) => hold(take(scheme) + held[url].slice(held[url].indexOf(":")));

/** @param {number} url in place @param {number} list names and values in turn */
export const addParameters = (url, list) => {
  for (const pair of groups(held[list].map(encodeURIComponent), 2)) held[url] += (held[url].includes("?") ? "&" : "?") + pair.join("=");
};

/** A URL unlike every other. @param {string} url @param {number} stamp the name of the parameter that makes it so, or 0 */
export const stamped = (url, stamp) =>
  stamp ? `${url}&${held[stamp]}=${Date.now().toString(36)}${Math.random().toString(36).slice(2, 7)}` : url;

/**
 * The browser refused a call, which is told after the call of the app that caused it.
 * @param {number} driver @param {number} transport @param {number} signal @param {unknown} error
 */
export const refuse = (driver, transport, signal, error) => {
  setTimeout(() => dispatch(driver, transport, signal, detail(error), -1));
  return 0;
};

// WebSocket.

/**
 * Opens a WebSocket. Gives its number, or 0 where that can't be; a signal says so later.
 * @param {number} url @param {number} stamp @param {number} protocols the subprotocols to offer
 * @param {number} driver @param {number} transport
 */
export const openSocket = (url, stamp, protocols, driver, transport) => {
  try {
    const socket = new WebSocket(stamped(held[url], stamp), held[protocols]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => dispatch(driver, transport, OPENED, 0, 0);
    socket.onmessage = ({ data }) =>
      typeof data === "string"
        ? dispatch(driver, transport, TEXT, hold(data), copyHead(data))
        : dispatch(driver, transport, BINARY, hold(data), 0);
    socket.onclose = (event) => dispatch(driver, transport, CLOSED, detail("websocket connection closed", event), event.code);
    socket.onerror = (event) => dispatch(driver, transport, BROKEN, detail(event), 0);
    return hold(socket);
  } catch (error) {
    return refuse(driver, transport, BROKEN, error);
  }
};

/** Closes a WebSocket that is no longer heard. @param {number} slot which is taken */
export const closeSocket = (slot) => {
  /** @type {WebSocket} */
  const socket = take(slot);
  socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
  socket.close();
};

/**
 * Sends a text or a binary. Nothing is thrown into Rust: what can't be sent closes the connection, and the next one goes on.
 * @param {number} slot of the socket @param {number} data which is taken @param {number} type a byte to put in front, where it is not 0
 * @param {number} mark what a binary has in front that goes as text, which is taken, or 0; a Blob, which is read later, goes as it is
 */
export const write = (slot, data, type, mark) => {
  /** @type {WebSocket} */
  const socket = held[slot];
  const value = take(data);
  const prefix = take(mark);
  try {
    socket.send(prefix && !value.arrayBuffer ? prefix + base64(value) : type ? new Blob([Uint8Array.of(type), value]) : value);
  } catch {
    socket.close();
  }
};

// Polling.

/**
 * A packet with its length in front. Beyond ASCII, servers disagree about the length and the encoding: what is not ASCII is
 * escaped as JSON escapes it.
 * @param {string} packet
 */
const framed = (packet) => {
  const ascii = packet.replace(/[^\0-\x7f]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return `${ascii.length}:${ascii}`;
};

/**
 * Joins the parts. The text at once, in the place of the list, or where a Blob has to be read first, later by a signal.
 * @param {number} body @param {number} separator 0 where each packet has its length in front instead; taken, as the mark is
 * @param {number} mark @param {number} driver @param {number} transport
 * @returns {boolean} whether it is there
 */
export const finishBody = (body, separator, mark, driver, transport) => {
  const between = take(separator);
  const prefix = take(mark);
  /** @param {any[]} parts */
  const finish = (parts) => {
    const packets = parts.map((part) => (typeof part === "string" ? part : prefix + base64(part)));
    return (held[body] = between ? packets.join(between) : packets.map(framed).join(""));
  };
  /** @type {any[]} */
  const parts = held[body];
  const isBlob = (/** @type {any} */ part) => part.arrayBuffer;
  const fail = (/** @type {unknown} */ error) => {
    take(body);
    dispatch(driver, transport, BROKEN, detail(error), 0);
  };
  if (!parts.some(isBlob)) {
    try {
      return !!finish(parts);
    } catch (error) {
      // A binary that was given away since.
      queueMicrotask(() => fail(error));
      return false;
    }
  }
  Promise.all(parts.map((part) => (isBlob(part) ? part.arrayBuffer() : part)))
    .then(finish)
    .then(() => dispatch(driver, transport, COMPOSED, body, 0), fail);
  return false;
};

/** What is UTF-8, as servers 1.x encode a text before they send it as one, becomes its bytes. @param {string} text */
export const decoded = (text) => {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  const { buffer } = unitsOf(text);
  try {
    utf8(buffer);
    return buffer;
  } catch {
    return text;
  }
};

/** What was read as bytes is a text, unless it says otherwise. @param {string | ArrayBuffer} body @param {string | null} type */
const content = (body, type) =>
  typeof body === "string" || type?.includes("octet-stream") ? body : decoded(new TextDecoder().decode(body));

/** What came of a request. @param {number} driver @param {number} transport @param {boolean} isPost @param {number} status @param {() => string | ArrayBuffer} read the body @param {any} context what an app gets to see of a failure */
export const answer = (driver, transport, isPost, status, read, context) =>
  dispatch(driver, transport, isPost ? ACCEPTED : ANSWERED, status === 200 ? hold(read()) : detail(status, context, jsonOf(read)), status);

/** What requests of `fetch` do about cookies; the numbers are those of `Cookies` in `polling.rs`. @type {RequestCredentials[]} */
const CREDENTIALS = ["same-origin", "omit", "include"];

/**
 * Sends a request; a signal says what came of it. Gives the number of what ends it, or 0 where it can't be made, which a
 * signal says as well.
 * @param {number} address @param {number} stamp @param {number} headers names and values in turn @param {number} body of a POST, which is taken
 * @param {number} fetches whether it goes through `fetch`, as it does where there is no XMLHttpRequest (service workers): 2 where the
 * app wants that, and gets to see of a failure what `fetch` gives
 * @param {number} follows whether `fetch` follows redirects @param {number} cookies @param {number} timeout in milliseconds, or 0
 * @param {number} inBytes whether the answer may be binary
 * @param {number} driver @param {number} transport
 */
export const request = (address, stamp, headers, body, fetches, follows, cookies, timeout, inBytes, driver, transport) => {
  const url = stamped(held[address], stamp);
  const method = body ? "POST" : "GET";
  const signal = body ? ACCEPTED : ANSWERED;
  const data = take(body);
  const fields = groups(held[headers] ?? [], 2);
  if (body) fields.push(["Content-type", "text/plain;charset=UTF-8"]);
  fields.push(["Accept", "*/*"]);
  const type = "content-type";
  /** @param {number} status @param {() => string | ArrayBuffer} read @param {any} context */
  const settle = (status, read, context) => answer(driver, transport, !!body, status, read, context);

  const throughXhr = () => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    for (const [name, value] of fields) xhr.setRequestHeader(name, value);
    xhr.withCredentials = CREDENTIALS[cookies] === "include";
    xhr.timeout = timeout;
    xhr.onreadystatechange = () => {
      if (xhr.readyState === 4) settle(xhr.status, () => content(xhr.response, xhr.getResponseHeader(type)), xhr);
    };
    if (inBytes) xhr.responseType = "arraybuffer";
    xhr.send(data);
    return () => {
      xhr.onreadystatechange = null;
      // One that has ended would lose its status, which the app may look at.
      if (xhr.readyState !== 4) xhr.abort();
    };
  };

  /** What an app gets to see, which looks for the members of an XHR. @param {any} given a response or an error @param {any} body */
  const seen = (given, body) =>
    fetches > 1 ? given : { readyState: 4, status: given.status ?? 0, statusText: given.statusText ?? "", responseText: body, response: body };

  const throughFetch = () => {
    const controller = new AbortController();
    /** @type {RequestInit} */
    const init = {
      method,
      body: data,
      headers: Object.fromEntries(fields),
      credentials: CREDENTIALS[cookies],
      redirect: follows ? "follow" : "error",
      signal: controller.signal,
    };
    let isLate = false;
    const expire = () => {
      isLate = true;
      controller.abort();
    };
    const timer = timeout ? setTimeout(expire, timeout) : 0;
    // In a promise, so that nothing is thrown into Rust where `fetch` is not the browser's own.
    new Promise((resolve) => resolve(fetch(url, init)))
      .then((response) =>
        response[inBytes ? "arrayBuffer" : "text"]().then((/** @type {string | ArrayBuffer} */ read) => {
          const text = content(read, response.headers.get(type));
          settle(response.status, () => text, seen(response, text));
        }),
      )
      .catch((error) => {
        if (isLate || !controller.signal.aborted) settle(0, String, seen(error, ""));
      })
      .then(() => clearTimeout(timer));
    return () => controller.abort();
  };

  try {
    return hold(fetches || typeof XMLHttpRequest !== "function" ? throughFetch() : throughXhr());
  } catch (error) {
    return refuse(driver, transport, signal, error);
  }
};

/** The JSON of a body, where it is some. @param {() => any} read */
const jsonOf = (read) => {
  try {
    return JSON.parse(read());
  } catch {}
};

/** Ends a request or a session. @param {number} slot which is taken */
export const end = (slot) => take(slot)();

// WebTransport, whose sessions are in `webtransport.js`.

/** Whether this browser has it, and gives it to this page. */
export const hasWebTransport = () => typeof WebTransport === "function";

/** Makes bytes a text, in place, and says how many code units of it are copied. @param {number} slot */
export const toText = (slot) => copyHead((held[slot] = new TextDecoder().decode(held[slot])));

/** Makes a text bytes, in place, and says how many bytes it is, or a binary. @param {number} slot @returns {number} */
export const toBytes = (slot) => {
  if (typeof held[slot] === "string") held[slot] = new TextEncoder().encode(held[slot]);
  return held[slot].byteLength ?? held[slot].size;
};

/** @param {number} session @param {number} at where its header is @param {number} length of that @param {number} content which is taken */
export const writeFrame = (session, at, length, content) =>
  held[session]._write(new Uint8Array(memory.buffer, at, length).slice(), take(content));
