// @ts-check
import { Manager, page } from "./manager.js";
import { bindings } from "./wasm.js";

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** Managers by server and path. @type {Record<string, Manager>} */
const cache = {};

/**
 * The socket of the namespace that the URL's path names, on a connection that is shared with the other namespaces of the
 * same server.
 * @param {any} [uri] the page's own origin where it is left out @param {any} [opts]
 */
export const io = (uri, opts) => {
  if (uri && typeof uri === "object") {
    opts = uri;
    uri = undefined;
  }
  opts = { ...opts };
  const [origin, nsp] = bindings().parseUrl(uri ?? "", page());
  opts.path ||= "/socket.io";
  const id = origin + opts.path;
  const isTaken = nsp in (cache[id]?.nsps ?? {});
  const isNew = opts.forceNew || opts["force new connection"] || opts.multiplex === false || isTaken;
  const manager = isNew ? new Manager(uri, opts) : (cache[id] ??= new Manager(uri, opts));
  return manager.socket(nsp, opts);
};
