// @ts-check
/**
 * JSONP: polling through `<script>` elements and forms in a hidden frame. What the server sends runs in the page.
 *
 * Source: Engine.IO protocol 3, "Transports".
 */
import { answer, hold, peek, stamped, take } from "./edge.js";

/** What the scripts call, by the number in their session's first URL: `___eio[0]("…")`. @type {Record<string, Record<number, (body: string) => void>>} */
const page = /** @type {any} */ (globalThis);
const NAME = "___eio";

/**
 * Sends a GET, or a POST where there is a body.
 * @param {number} url @param {string} stamp @param {number} body which is taken @param {number} driver @param {number} transport
 * @returns {number} what ends it, and leaves nothing in the page
 */
export const sendJsonp = (url, stamp, body, driver, transport) => {
  const number = driver * 1_000_000 + (transport % 1_000_000);
  /** @type {Element[]} */
  const elements = [];
  const abort = () => elements.splice(0).forEach((element) => element.remove());
  /** @param {number} status @param {string | ArrayBuffer} text @param {any} [context] */
  const settle = (status, text, context) => {
    if (!elements.length) return;
    abort();
    answer(driver, transport, !!body, status, () => text, context);
  };
  const address = `${stamped(peek(url), stamp)}&j=${number}`;
  /** @param {string} name @param {Record<string, string>} attributes @param {Element} parent */
  const add = (name, attributes, parent) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return parent.appendChild(element);
  };
  try {
    if (body) post(address, take(body), NAME + number, elements, add, settle);
    else {
      const calls = (page[NAME] ??= {});
      const call = (calls[number] = (/** @type {string} */ text) => settle(200, decoded(text)));
      // A script that is taken away still runs once it has loaded: what it calls stays until then.
      const end = (/** @type {Event} */ event) => {
        if (calls[number] === call) delete calls[number];
        if (page[NAME] === calls && !Object.keys(calls).length) delete page[NAME];
        // One that has run without calling is none of the server's answers.
        settle(0, "", event);
      };
      const script = /** @type {HTMLScriptElement} */ (document.createElement("script"));
      script.addEventListener("error", end);
      script.addEventListener("load", end);
      script.src = address;
      elements.push(script);
      document.head.append(script);
    }
  } catch (error) {
    // No page, as in a worker. Later, for nothing may happen in the middle of this call.
    elements.push(...(elements.length ? [] : [/** @type {any} */ ({ remove() {} })]));
    queueMicrotask(() => settle(0, "", error));
  }
  return hold(abort);
};

/** What is UTF-8, as servers 1.x encode a text before they send it as one, becomes its bytes. @param {string} text */
const decoded = (text) => {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  const { buffer } = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(buffer);
    return buffer;
  } catch {
    return text;
  }
};

/**
 * Sends a body as the field `d` of a form whose answer goes to a frame that nobody sees.
 * @param {string} address @param {string} body @param {string} name @param {Element[]} elements
 * @param {(name: string, attributes: Record<string, string>, parent: Element) => Element} add
 * @param {(status: number, text: string) => void} settle
 */
const post = (address, body, name, elements, add, settle) => {
  const frame = add("iframe", { name, hidden: "" }, document.body);
  elements.push(frame);
  const form = /** @type {HTMLFormElement} */ (
    add("form", { action: address, method: "POST", target: name, "accept-charset": "utf-8", hidden: "" }, document.body)
  );
  elements.push(form);
  const field = /** @type {HTMLTextAreaElement} */ (add("textarea", { name: "d" }, form));
  // Servers take an escaped newline for one, because forms change them.
  field.value = body.replace(/\\n/g, "\\\\n").replace(/\n/g, "\\n");
  frame.addEventListener("load", () => settle(200, ""));
  form.submit();
};
