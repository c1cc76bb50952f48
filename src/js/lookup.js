// @ts-check
import { Manager } from "./manager.js";
import { checkNamespace, locate, page } from "./url.js";

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** Managers by server and path. @type {Record<string, Manager>} */
const cache = {};

/**
 * The socket of the namespace that the URL's path names, on a connection that is shared with the other namespaces of the
 * same server.
 * @param {any} [uri] the page's own origin where it is left out @param {any} [options]
 */
export const io = (uri, options) => {
  if (uri && typeof uri === "object") {
    options = uri;
    uri = undefined;
  }
  const opts = { ...options };
  // The manager has the URL in full.
  const origin = page() ?? "";
  uri = !uri || /^\/(?!\/)/.test(uri) ? origin + (uri ?? "") : uri;
  const { server, path: nsp } = locate(String(uri));
  checkNamespace(nsp);
  if (!/^\w+:\/\//.test(uri)) uri = server.replace(/\/\/.*/, "//") + String(uri).replace(/^\/\//, "");
  opts.path ||= "/socket.io";
  const id = server + opts.path;
  const isTaken = nsp in (cache[id]?.nsps ?? {});
  const isNew = opts.forceNew || opts["force new connection"] || opts.multiplex === false || isTaken;
  const manager = isNew ? new Manager(uri, opts) : (cache[id] ??= new Manager(uri, opts));
  return manager.socket(nsp, opts);
};
