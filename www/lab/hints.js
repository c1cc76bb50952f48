// What to try next, where what the client says leaves a visitor of the lab stuck. What stands between backticks is code.
import { ORIGIN } from "./address.js";

/** Where the page's own policy has refused to connect to. */
const refused = new Set();
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  if (effectiveDirective === "connect-src") refused.add(host(blockedURI));
});

const POLICY = "The lab's policy allows what `CONNECT_SRC` names, or everything without it, when you start it.";

/**
 * @param {{ code?: string, message?: string, hint?: string, description?: unknown }} error
 * @param {{ address: string, options: { withCredentials: boolean, transports: string[] } }} wanted
 * @returns {string | undefined}
 */
export function hint({ code, message, hint: own, description }, { address, options }) {
  if (code === "rejected" && message === "Invalid namespace") {
    return "The server has no such namespace. It's the path of the URL, or what the field Namespace says.";
  }
  const target = new URL(ORIGIN.test(address) ? address : `${location.protocol}//${address}`, location.href);
  if (code === "csp_blocked" && !new URLSearchParams(location.search).has("csp")) return `${own}. ${POLICY}`;
  if (code === "transport_failed" && refused.has(target.host)) return `This page's own policy forbids that origin. ${POLICY}`;
  if (code === "unreachable" && target.host === location.host) return "This page's own server doesn't answer. Is it still running?";
  if (code !== "transport_failed") return own;

  if (typeof description === "number" && description > 0) {
    return `The server answered with status ${description}. Is that the URL of a Socket.IO server, with the path \`/socket.io/\`?`;
  }
  if (options.transports[0] !== "websocket") return own;
  if (location.protocol === "https:" && /^(http|ws):$/.test(target.protocol)) {
    return "A page from `https:` may connect to `https:` and `wss:` only.";
  }
  return "Is a Socket.IO server running there? A browser doesn't tell a page why a WebSocket failed; its console may.";
}

function host(uri) {
  try {
    return new URL(uri).host;
  } catch {
    return uri;
  }
}
