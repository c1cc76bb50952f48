// Serves the blank page, the scripts of the harness, and the client under test.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { browserName } from "../../scripts/browser.mjs";
import { client as clientUnderTest } from "./client.mjs";

const scripts = fileURLToPath(new URL("page/", import.meta.url));
const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** The blank page, where these scripts run before everything else. */
const page = (scripts) => `<!doctype html>
<meta charset="utf-8">
<title>socketio-wasm tests</title>
<link rel="icon" href="data:,">
${scripts.map((name) => `<script src="/page/${name}"></script>\n`).join("")}<script type="module" src="/page/window.mjs"></script>
`;

/** What every page needs, in a browser that does not tell what pages complain of. */
const always = browserName === "webkit" ? ["complaints.js"] : [];

/** What answers the site's requests; a companion server given this handler is of the page's own origin. */
export function siteHandler(request, response) {
  return serveSite(clientUnderTest, request, response);
}

async function serveSite(client, request, response, before = []) {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  if (path === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(page([...always, ...before]));
  if (path === "/page/client.mjs") {
    const source = `export * from "/client/${client.entry}"; export { default } from "/client/${client.entry}";`;
    return response.writeHead(200, { "Content-Type": "text/javascript" }).end(source);
  }
  const [, folder, ...rest] = path.split("/");
  const root = { client: client.root, page: scripts }[folder];
  const file = root && normalize(join(root, ...rest));
  if (!file?.startsWith(root.replace(/[/\\]?$/, sep))) return response.writeHead(404).end();
  try {
    const body = await readFile(file);
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/**
 * Serves it at an origin of its own: `{ url, stop }`. `headers` are added to every response, such as a
 * Content-Security-Policy; with `tls` (`{ key, cert }`) the site is on https. `host` is what the browser calls it, which
 * must lead to this machine. `client` is another one than the client under test; `scripts` names those of page/ that run before everything else.
 */
export async function startSite({ headers = {}, tls, host = "127.0.0.1", client = clientUnderTest, scripts: before = [] } = {}) {
  const answer = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return serveSite(client, request, response, before);
  };
  const http = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise((resolve, reject) => http.once("error", reject).listen(0, "127.0.0.1", resolve));
  const stop = () => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  };
  return { url: `${tls ? "https" : "http"}://${host}:${http.address().port}`, stop };
}
