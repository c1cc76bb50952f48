// @ts-check
/** Finds out why polling failed, and says it. What the outcomes mean, Rust decides. */
import { PROBED, dispatch, held, take } from "./edge.js";

/** What came of a probe; `Outcome` in `diagnosis.rs` has the same list. */
const FAILED = 0;
const PASSED = 1;
const REDIRECTED = 2;
const BLOCKED = 3;
const UNKNOWN = 4;

/** The probes; `Probe` in `diagnosis.rs` has the same list. */
const REACH = 1;
const CREDENTIALS = 2;
const PREFLIGHT = 3;
const HEADER = 4;

/** A server that does not answer at all, in milliseconds. */
const PATIENCE = 5000;

/** The last probe that was begun. */
let last = Promise.resolve();

/**
 * Makes a probe, and tells what came of it.
 * @param {number} kind @param {number} url which is taken @param {number} header a name, which is taken @param {number} withCredentials
 * @param {number} driver @param {number} transport
 */
export const probe = (kind, url, header, withCredentials, driver, transport) => {
  const address = take(url);
  const name = take(header);
  const outcome = kind < PREFLIGHT ? fetched(kind, address) : requested(kind, address, name, !!withCredentials);
  // One that can't be made: a service worker has no XMLHttpRequest.
  last = outcome.catch(() => UNKNOWN).then((outcome) => told(driver, transport, outcome));
};

/** Gives a signal when the probe that is under way has ended. @param {number} driver @param {number} transport */
export const awaitProbe = (driver, transport) => {
  last.then(() => told(driver, transport, UNKNOWN));
};

/** @param {number} driver @param {number} transport @param {number} outcome */
const told = (driver, transport, outcome) => {
  dispatch(driver, transport, PROBED, 0, outcome);
};

/** @param {number} kind @param {string} url */
const fetched = async (kind, url) => {
  let isBlocked = false;
  const watch = (/** @type {any} */ { disposition, blockedURI }) =>
    (isBlocked ||= disposition === "enforce" && url.startsWith(blockedURI));
  addEventListener("securitypolicyviolation", watch);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE);
  try {
    const { type } = await fetch(url, {
      mode: kind === REACH ? "no-cors" : "cors",
      credentials: kind === CREDENTIALS ? "include" : "omit",
      // Without reading the answer, a page has to follow.
      redirect: kind === REACH ? "follow" : "manual",
      cache: "no-store",
      signal: controller.signal,
    });
    return type === "opaqueredirect" ? REDIRECTED : PASSED;
  } catch {
    // Browsers report a violation in a task after the failure.
    await new Promise((resolve) => setTimeout(resolve));
    return isBlocked ? BLOCKED : FAILED;
  } finally {
    clearTimeout(timer);
    removeEventListener("securitypolicyviolation", watch);
  }
};

/** @param {number} kind @param {string} url @param {string} header @param {boolean} withCredentials @returns {Promise<number>} */
const requested = (kind, url, header, withCredentials) =>
  new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.open(kind === HEADER ? "GET" : "POST", url);
    if (kind === HEADER) xhr.setRequestHeader(header, "probe");
    // A listener for the upload makes browsers ask first, though there is no header to ask for.
    else xhr.upload.onprogress = () => {};
    xhr.withCredentials = withCredentials;
    xhr.timeout = PATIENCE;
    xhr.onloadend = () => resolve(xhr.status ? PASSED : FAILED);
    // A body, though an empty one: without any, nothing is asked for.
    xhr.send("");
  });

/** Says in the description of a failure what to do about it. @param {number} slot @param {number} code which is taken @param {number} list of headers' names, which is taken */
export const explain = (slot, code, list) => {
  const names = take(list);
  const origin = globalThis.location?.origin;
  /** @type {Record<string, string>} */
  const hints = {
    unreachable:
      "Nothing answers at this address: check the URL and the port, and that the server runs. (A browser does not tell this from an untrusted certificate, nor WebKit, in a worker, from what a Content-Security-Policy forbids.)",
    cors_missing: `The server, or what is in front of it, does not allow this page to read its answers. socket.io 3 and newer: new Server(http, { cors: { origin: "${origin}" } }), with credentials: true where the app sets withCredentials. socket.io 2: the option origins`,
    cors_preflight: `The server refuses the preflight request (OPTIONS) that custom headers need. socket.io 2: the option handlePreflightRequest. socket.io 3 and newer: cors: { origin: "${origin}" }. A proxy in front has to let OPTIONS through`,
    cors_header: `The server does not allow: ${names}. socket.io 3 and newer: add it to cors.allowedHeaders, or leave that out to allow all. socket.io 2: send it as Access-Control-Allow-Headers in handlePreflightRequest`,
    cors_credentials: `withCredentials needs a server that names the page's origin and allows cookies. socket.io 3 and newer: cors: { origin: "${origin}", credentials: true }; not "*". socket.io 2: Access-Control-Allow-Credentials in handlePreflightRequest`,
    csp_blocked: "The page's Content-Security-Policy does not allow this server: add its origin, for http and ws, to connect-src",
    redirected: "The server answers with a redirect, which credentials do not follow: connect to the address that it redirects to",
    transport_failed:
      "The server answers other requests of this page. Look for allowRequest, or the option origins of socket.io 2, that refuses this one, or for a connection that was cut",
  };
  held[slot].hint = hints[take(code)];
};
