// The address for `io()`, from a server's URL and a namespace. As there, the path of the URL is the namespace.

/** What begins with an origin, with or without its scheme (`//example.com`). */
export const ORIGIN = /^(?:[a-z][a-z\d+.-]*:)?\/\//i;

/**
 * @param {string} url As typed: with or without a scheme, a path and a query; empty for the page's own server.
 * @param {string} namespace With or without its slash.
 * @returns {{ value: string } | { problem: string, field: "url" | "namespace" }}
 */
export function address(url, namespace) {
  const [, base, query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(url.trim() || location.origin);
  const scheme = ORIGIN.exec(base)?.[0] ?? "";
  const [, host, path] = /^([^/]*)(.*)$/s.exec(base.slice(scheme.length));
  if (scheme ? !host : host.endsWith(":")) return { problem: "The URL has no host, as in http://localhost:3000.", field: "url" };

  const wanted = `/${namespace.trim().replace(/^\/+/, "")}`;
  const [strange] = /[,?#]/.exec(wanted) ?? [];
  if (strange) return { problem: `A namespace has no “${strange}”.`, field: "namespace" };

  const named = path.replace(/\/+$/, "");
  if (named && wanted !== "/" && wanted !== named) {
    return { problem: `The URL names the namespace ${named} already: clear one of the two.`, field: "namespace" };
  }
  return { value: scheme + host + (named || wanted) + query };
}

/** The address without what may be a secret in it: a password, or what the query carries. */
export function masked(address) {
  return address.replace(/^([^?#]*\/\/)[^/@]*@/, "$1••••@").replace(/([?&][^=&]*=)[^&]+/g, "$1••••");
}
