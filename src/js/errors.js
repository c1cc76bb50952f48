// @ts-check
import { held, hold, take } from "../web/edge.js";

/**
 * An error as apps see it: `code` is stable, the text is not. Errors of a transport look like the official client's
 * `TransportError`; the server's refusal of a namespace carries its `data`.
 * @param {number} texts code, message, hint and transport, which are taken @param {number} isTransport @param {number} detail
 */
export const makeError = (texts, isTransport, detail) => {
  let [code, message, hint, transport] = take(texts);
  const value = held[detail];
  // What is wrong with the app's options was found here.
  if (detail && code === "invalid_option") ({ code, message } = Object(value));
  // What the app's own function has thrown is the cause.
  const isThrown = detail && (code === "auth_failed" || code === "parse_error");
  const error = new Error(message, isThrown ? { cause: value } : undefined);
  const own = isTransport ? { ...value, type: "TransportError" } : detail && code === "rejected" && { data: value };
  return hold(Object.assign(error, { code }, hint && { hint }, transport && { transport }, own));
};

/** An error of the façade's own. @param {string} code @param {string} message */
export const refusal = (code, message) => Object.assign(new Error(message), { code });

/** What Rust gave, unless it is the negative number of an error, which is thrown. @param {number} result */
export const checked = (result) => {
  if (result < 0) throw take(-result);
  return result;
};

/** Reports what an app's listener threw as the official client does: as a rejection that nobody handles. @param {unknown} error */
export const report = (error) => void Promise.reject(error);
