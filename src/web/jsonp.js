// @ts-check
/**
 * JSONP: polling through `<script>` elements and forms in a hidden frame. What the server sends runs in the page.
 *
 * Source: Engine.IO protocol 3, "Transports".
 */
import { held, hold, take } from "./edge.js";
import { answer, decoded, stamped } from "./network.js";

/** What the scripts call, by the number in their session's first URL: `___eio[0]("…")`. @type {Record<string, Record<number, (body: string) => void>>} */
const page = /** @type {any} */ (globalThis);
const NAME = "___eio";

/** @typedef {(status: number, text: string | ArrayBuffer, context?: any) => void} Settle */

/**
 * Sends a GET, or a POST where there is a body; gives the number of what ends it.
 * @param {number} url @param {number} stamp @param {number} body which is taken @param {number} driver @param {number} transport
 */
export const sendJsonp = (url, stamp, body, driver, transport) => hold(send(stamped(held[url], stamp), take(body), driver, transport));

/**
 * @param {string} url unlike every other @param {string | undefined} body @param {number} driver @param {number} transport
 * @returns what ends it, and leaves nothing in the page
 */
export const send = (url, body, driver, transport) => {
  const number = driver * 1_000_000 + (transport % 1_000_000);
  const address = `${url}&j=${number}`;
  /** @type {Element[]} */
  const elements = [];
  let isOver = false;
  const end = () => {
    isOver = true;
    for (const element of elements) element.remove();
  };
  /** @type {Settle} */
  const settle = (status, text, context) => {
    if (isOver) return;
    end();
    answer(driver, transport, !!body, status, () => text, context);
  };
  try {
    if (body) post(address, body, NAME + number, elements, settle);
    else get(address, number, elements, settle);
  } catch (error) {
    // No page, as in a worker. Later, for nothing may happen in the middle of this call.
    queueMicrotask(() => settle(0, "", error));
  }
  return end;
};

/** @param {string} address @param {number} number @param {Element[]} elements @param {Settle} settle */
const get = (address, number, elements, settle) => {
  const calls = (page[NAME] ??= {});
  const call = (calls[number] = (text) => settle(200, decoded(text)));
  // A script that is taken away still runs once it has loaded: what it calls stays until then.
  const loaded = (/** @type {Event} */ event) => {
    if (calls[number] === call) delete calls[number];
    if (page[NAME] === calls && !Object.keys(calls).length) delete page[NAME];
    // One that has run without calling is none of the server's answers.
    settle(0, "", event);
  };
  const script = document.createElement("script");
  script.addEventListener("error", loaded);
  script.addEventListener("load", loaded);
  script.src = address;
  elements.push(script);
  document.head.append(script);
};

/**
 * Sends a body as the field `d` of a form whose answer goes to a frame that nobody sees.
 * @param {string} address @param {string} body @param {string} name @param {Element[]} elements @param {Settle} settle
 */
const post = (address, body, name, elements, settle) => {
  const frame = document.createElement("iframe");
  frame.name = name;
  const form = document.createElement("form");
  form.action = address;
  form.method = "POST";
  form.target = name;
  form.acceptCharset = "utf-8";
  const field = document.createElement("textarea");
  field.name = "d";
  // Servers take an escaped newline for one, because forms change them.
  field.value = body.replace(/\\n/g, "\\\\n").replace(/\n/g, "\\n");
  form.append(field);
  frame.hidden = form.hidden = true;
  elements.push(frame, form);
  document.body.append(frame, form);
  frame.addEventListener("load", () => settle(200, ""));
  form.submit();
};
