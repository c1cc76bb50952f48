// What to try next, where the client's error alone leaves a newcomer stuck. A hint of the client itself goes first.
// What stands between backticks is code.
import { ORIGIN } from "./address.js";

/** Where the page's own policy has refused to connect to. */
const refused = new Set();
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  if (effectiveDirective === "connect-src") refused.add(host(blockedURI));
});

/**
 * @param {{ code?: string, message?: string, hint?: string, description?: unknown }} error
 * @param {{ address: string, options: { withCredentials: boolean, transports: string[] } }} wanted
 * @returns {string | undefined}
 */
export function hint({ code, message, hint: own, description }, { address, options }) {
  if (own) return own;
  if (code === "rejected" && message === "Invalid namespace") {
    return "The server has no such namespace. It's the path of the URL, or what the field Namespace says.";
  }
  if (code === "timeout") return "Something took the connection and never answered. Is it a Socket.IO server?";
  if (code !== "transport_failed") return undefined;

  const target = new URL(ORIGIN.test(address) ? address : `${location.protocol}//${address}`, location.href);
  if (refused.has(target.host)) {
    return "This page's own policy forbids that origin. Name it in `CONNECT_SRC`, or leave that out, when you start the lab.";
  }
  if (typeof description === "number" && description > 0) {
    return `The server answered with status ${description}. Is that the URL of a Socket.IO server, with the path \`/socket.io/\`?`;
  }
  if (location.protocol === "https:" && /^(http|ws):$/.test(target.protocol)) {
    return "A page from `https:` may connect to `https:` and `wss:` only.";
  }
  if (target.host === location.host) return "This page's own server doesn't answer. Is it still running?";
  if (options.transports[0] === "websocket") {
    return "Is a Socket.IO server running there? A browser doesn't tell a page why a WebSocket failed; its console may.";
  }
  const cors = `origin: "${location.origin}"${options.withCredentials ? ", credentials: true" : ""}`;
  return `Is the server running? If so, it has to allow this page: \`cors: { ${cors} }\`. The browser's console knows which it is.`;
}

function host(uri) {
  try {
    return new URL(uri).host;
  } catch {
    return uri;
  }
}
