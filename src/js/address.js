// @ts-check

/**
 * The server that options name instead of a URL: `hostname` or `host`, `port`, `secure`. What they leave out is the page's.
 * `undefined` where they name none.
 * @param {any} opts
 */
export const address = ({ hostname, host, port, secure }) => {
  if (!hostname && !host && !port && secure == null) return undefined;
  const page = globalThis.location;
  const isSecure = secure ?? page?.protocol === "https:";
  // A host may come as a URL, with a port; but the colons of an IPv6 address are its own.
  const given = host ? host.replace(/^\w+:\/\/|[/?#].*$/g, "").replace(/^([^:]*|\[.*]):\d*$/, "$1") : hostname;
  const name = given || page?.hostname || "localhost";
  const ports = given ? port : port || page?.port;
  return `http${isSecure ? "s" : ""}://${/^[^[]*:/.test(name) ? `[${name}]` : name}${ports ? `:${ports}` : ""}`;
};
