// @ts-check
import { peek } from "../web/edge.js";

/**
 * An error as apps see it: `code` is stable, the text is not. Errors of a transport look like the official client's
 * `TransportError`; the server's refusal of a namespace carries its `data`.
 * @param {string} code @param {string} message @param {string} hint @param {boolean} isTransport
 * @param {string | undefined} transport @param {number} detail
 */
export const makeError = (code, message, hint, isTransport, transport, detail) =>
  Object.assign(
    new Error(message, detail && causes.has(code) ? { cause: peek(detail) } : undefined),
    { code, ...(hint && { hint }), ...(transport && { transport }) },
    isTransport ? { ...peek(detail), type: "TransportError" } : detail && code === "rejected" && { data: peek(detail) },
  );

/** Where what the app's own function has thrown is the cause. */
const causes = new Set(["auth_failed", "parse_error"]);

/** Reports what an app's listener threw as the browser reports it elsewhere. @param {unknown} error */
export const report = (error) => {
  if (typeof reportError === "function") reportError(error);
  else
    setTimeout(() => {
      throw error;
    });
};
