// Serves the bench page and the bundled clients, as a handler for the companion server.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

const html = (script) => `<!doctype html>
<meta charset="utf-8">
<title>bench</title>
<link rel="icon" href="data:,">
<script type="module" src="/page/${script}.mjs"></script>
`;

/** `bundles`: texts of modules by the names of files. */
export function benchHandler(bundles) {
  return async (request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    const [, folder, file = ""] = pathname.split("/");
    // An isolated page has clocks of 5 µs instead of 100.
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    const send = (type, body) => response.writeHead(200, { "Content-Type": type }).end(body);
    if (folder === "main" || folder === "start") return send("text/html", html(folder));
    response.setHeader("Cache-Control", "public, max-age=86400");
    const bundle = folder === "bundle" && bundles[file];
    if (bundle) return send("text/javascript", bundle);
    if (folder !== "page") return response.writeHead(404).end();
    try {
      send("text/javascript", await readFile(new URL(`page/${basename(file)}`, import.meta.url)));
    } catch {
      response.writeHead(404).end();
    }
  };
}
