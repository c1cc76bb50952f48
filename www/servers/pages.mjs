// What the lab answers to a browser: the page, the package, and what the page asks the server for.
import { readFile } from "node:fs/promises";
import { extname, posix, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveExport } from "./package.mjs";

const PAGE = fileURLToPath(new URL("..", import.meta.url));

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** No inline script or style, none from elsewhere; WebAssembly is all that the package asks for beyond 'self'. */
function policy(connectSrc) {
  const connect = ["connect-src 'self'", ...connectSrc.split(/\s+/).filter(Boolean)].join(" ");
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    connect,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

/**
 * What handles requests.
 *
 * @param {object} site
 * @param {string} site.packageDir The unpacked package.
 * @param {object} site.manifest Its package.json.
 * @param {string} site.connectSrc What the policy's `connect-src` has besides our own origin; nothing for the page at `/?csp`.
 * @param {Record<string, (parameters: URLSearchParams) => object | Promise<object | undefined>>} site.answers By path: what gives
 *   `{ json }`, `{ location }`, or undefined where there is no such thing.
 */
export function pages({ packageDir, manifest, connectSrc, answers }) {
  return async (request, response) => {
    const url = parse(request.url);
    const isConfined = url?.path === "/" && url.parameters.has("csp");
    response.setHeader("Content-Security-Policy", policy(isConfined ? "" : connectSrc));
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-cache");
    if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, "Only GET and HEAD.");
    if (!url) return say(response, 400, "That is not a path.");

    const { path, parameters } = url;
    if (Object.hasOwn(answers, path)) return answer(response, await answers[path](parameters));
    if (path.startsWith("/package/")) {
      const subpath = path.slice("/package/".length);
      const entry = resolveExport(manifest, subpath ? `./${subpath}` : ".", ["browser", "import", "default"]);
      if (entry && posix.normalize(entry) !== subpath) return answer(response, { location: posix.join("/package", entry) });
      return sendFile(response, packageDir, subpath);
    }
    if (path === "/") {
      // So that there is a cookie to see arrive.
      response.setHeader("Set-Cookie", "lab=1; Path=/; HttpOnly; SameSite=Lax");
      return sendFile(response, PAGE, "index.html");
    }
    if (path.startsWith("/node_modules/") || path.endsWith(".mjs")) return say(response, 404, "Not found.");
    return sendFile(response, PAGE, path.slice(1));
  };
}

/** The path of a request's URL, decoded and without dots, and its parameters; or undefined. */
function parse(url) {
  try {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const path = decodeURIComponent(pathname);
    return path.includes("\0") ? undefined : { path, parameters: searchParams };
  } catch {
    return undefined;
  }
}

function answer(response, { json, location } = {}) {
  if (location) return response.writeHead(307, { Location: location }).end();
  if (!json) return say(response, 404, "Not found.");
  response.setHeader("Content-Type", TYPES[".json"]);
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify(json));
}

async function sendFile(response, folder, path) {
  const file = resolve(folder, path);
  const type = TYPES[extname(file)];
  const inside = file.startsWith(resolve(folder) + sep) && !path.split("/").some((part) => part.startsWith("."));
  if (!inside || !type) return say(response, 404, "Not found.");
  try {
    const body = await readFile(file);
    response.setHeader("Content-Type", type);
    response.end(body);
  } catch {
    say(response, 404, "Not found.");
  }
}

function say(response, status, text) {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(text);
}
