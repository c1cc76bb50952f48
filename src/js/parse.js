// @ts-check

/** The parts of a URL, as `engine.io-client` names them: each is there, if only as an empty text. @param {string} uri */
export const parse = (uri) => {
  // As engine.io-client does.
  if (uri.length > 8000) throw "URI too long";
  /** Cuts off what stands behind a mark. @param {string} text @param {string} mark @returns {[string, string]} */
  const cut = (text, mark) => {
    const index = text.indexOf(mark);
    return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + mark.length)];
  };
  const [, protocol = "", rest] = /** @type {RegExpExecArray} */ (/^(?:(https?|wss?):\/\/)?(.*)$/s.exec(uri));
  const [unanchored, anchor] = cut(rest, "#");
  const [located, query] = cut(unanchored, "?");
  const slash = located.indexOf("/");
  const authority = slash < 0 ? located : located.slice(0, slash);
  const path = slash < 0 ? "" : located.slice(slash);
  const at = authority.lastIndexOf("@");
  const userInfo = authority.slice(0, Math.max(at, 0));
  const [user, password] = cut(userInfo, ":");
  const address = authority.slice(at + 1);
  const ipv6 = /^\[(.*)\]/.exec(address);
  // Without the brackets, the last of too many groups is a port.
  const bare = /^((?:[\da-f]{0,4}:){2,7}[\da-f]{0,4})(?::(\d*))?$/i.exec(address);
  const [host, port] = ipv6 ? [ipv6[1], address.slice(ipv6[0].length + 1)] : bare ? [bare[1], bare[2] ?? ""] : cut(address, ":");
  // A last segment with a dot is a file.
  const file = /[^/]*\.[^/.]+$/.exec(path)?.[0] ?? "";
  const names = path.replace(/\/{2,}/g, "/").replace(/^\//, "").split("/");
  if (!path || path.endsWith("/")) names.pop();
  const parameters = query.split("&").map((parameter) => cut(parameter, "="));
  return {
    source: uri,
    protocol,
    authority: authority.replace("[", "").replace("]", ""),
    userInfo,
    user,
    password,
    host,
    port,
    relative: rest.slice(authority.length),
    path,
    directory: path.slice(0, path.length - file.length),
    file,
    query,
    anchor,
    pathNames: names,
    queryKey: Object.fromEntries(parameters.filter(([key]) => key)),
    ...(ipv6 && { ipv6uri: true }),
  };
};
