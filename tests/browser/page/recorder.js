// Writes down what a client does in a page: what it tells the app, and what it and the server write to the wire. It runs before
// the client is loaded, because the official client keeps the browser's WebSocket from the beginning.
(() => {
  /** What the app is told, line by line; what is asked of the network; the packets of both directions. */
  const log = { events: [], packets: [], engine: [], requests: [], sent: [], received: [] };

  const events = {
    socket: ["connect", "connect_error", "disconnect"],
    manager: ["open", "close", "error", "ping", "reconnect_attempt", "reconnect", "reconnect_error", "reconnect_failed"],
    engine: [
      ...["open", "handshake", "packet", "packetCreate", "data", "message", "drain", "flush", "heartbeat", "ping", "pong"],
      ...["upgrading", "upgrade", "upgradeError", "error", "close"],
    ],
  };

  /** A value as text that two runs have in common. */
  const show = (value) => JSON.stringify(plain(value));

  function plain(value, depth = 0) {
    if (typeof value === "string") return plainText(value);
    if (typeof value === "function") return "<function>";
    if (value === undefined) return "<undefined>";
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof ArrayBuffer) return { $binary: [...new Uint8Array(value)] };
    if (ArrayBuffer.isView(value)) return { [`$${value.constructor.name}`]: [...new Uint8Array(value.buffer)] };
    if (value instanceof Blob) return { $blob: value.size };
    // Or what looks like one, because it went through `fetch` all the same.
    if (value instanceof XMLHttpRequest || (value?.readyState === 4 && "responseText" in value))
      return { $xhr: value.status, $text: value.responseText, $statusText: value.statusText };
    if (value instanceof Response) return { $response: value.status };
    if (value instanceof CloseEvent) return { $closeEvent: value.code };
    if (value instanceof Event) return { $event: value.type };
    if (typeof value.name === "string" && "writable" in value) return { $transport: value.name };
    if (depth > 6) return "<deep>";
    if (value instanceof Error) return { $error: value.message, ...members(value, depth) };
    if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
    return members(value, depth);
  }

  const members = (value, depth) =>
    Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) => [key, plain(member, depth + 1)]));

  /** Ids differ from run to run: Engine.IO's and Socket.IO's have 20 characters, the server's adapter's 24. So do keys, which may look like ids in part. */
  const plainText = (text) =>
    text.replace(/[\w+/]{22}==/g, "<key>").replace(/(?<![\w-])(?=[\w-]*[A-Z])[\w-]{20}(?![\w-])/g, "<id>").replace(/127\.0\.0\.1:\d+/g, "<host>").replace(/session-\d+/g, "<session>");

  /** Writes a line of the script's own between the events. */
  const note = (...args) => log.events.push(args.map((arg) => (typeof arg === "string" ? plainText(arg) : show(arg))).join(" "));

  const listen = (where, name, emitter, list) => {
    for (const event of list) emitter.on(event, (...args) => where.push(`${name} ${event} ${show(args)}`));
    return emitter;
  };

  /** Follows a socket, and its manager where nobody does yet. */
  function watch(socket, name = `socket ${socket.nsp}`) {
    watchManager(socket.io);
    listen(log.events, name, socket, events.socket);
    socket.onAny((event, ...args) => note(name, "event", [event, ...args]));
    socket.onAnyOutgoing((event, ...args) => note(name, "outgoing", [event, ...args]));
    return socket;
  }

  const managers = new Set();

  /** Follows a manager, and every engine that it makes. */
  function watchManager(manager) {
    if (managers.has(manager)) return manager;
    managers.add(manager);
    listen(log.events, "manager", manager, events.manager);
    // Whether the socket or the app hears of a packet first depends on who has listened first; and what sockets of the official
    // client add to its data.
    manager.on("packet", ({ data, ...packet }) => {
      const given = Array.isArray(data) ? data.filter((value, i) => typeof value !== "function" && (i || value !== null)) : data;
      log.packets.push(`manager packet ${show([{ ...packet, data: given }])}`);
    });
    let current = manager.engine;
    // As an app does that has just got the socket.
    const watchEngine = () => queueMicrotask(() => {
      log.engine.push("another engine");
      listen(log.engine, "engine", current, events.engine);
    });
    if (current) watchEngine();
    Object.defineProperty(manager, "engine", {
      configurable: true,
      enumerable: true,
      get: () => current,
      set(engine) {
        current = engine;
        if (engine) watchEngine();
      },
    });
    return manager;
  }

  // The wire.

  const plainUrl = (url) => {
    const { protocol, host, pathname, searchParams } = new URL(url, location.href);
    for (const name of ["t", "stamp"]) if (searchParams.has(name)) searchParams.set(name, "<time>");
    if (searchParams.has("sid")) searchParams.set("sid", "<sid>");
    searchParams.sort();
    return `${protocol}//${/^127\.0\.0\.1/.test(host) ? "<host>" : host}${pathname}?${decodeURIComponent(searchParams)}`;
  };

  /** Each is written once: how many it takes is a matter of time. */
  const request = (line) => log.requests.includes(line) || log.requests.push(line);

  const packet = (data) => (typeof data === "string" ? plainText(data) : show(data));
  const payload = (text) => text.split("\x1e").map(packet);
  const isProbe = (url) => /transport=probe|\/\?$/.test(url);

  const headersOf = (headers) =>
    JSON.stringify(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]).filter(([name]) => name !== "accept").sort()));

  globalThis.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols ?? []);
      request(`WebSocket ${plainUrl(url)} ${[protocols ?? []].flat()}`);
      this.addEventListener("message", ({ data }) => log.received.push(packet(data)));
    }
    send(data) {
      log.sent.push(packet(data));
      super.send(data);
    }
  };

  globalThis.XMLHttpRequest = class extends XMLHttpRequest {
    open(method, url, ...rest) {
      this.recorded = { method, url, headers: {} };
      super.open(method, url, ...rest);
    }
    setRequestHeader(name, value) {
      this.recorded.headers[name] = value;
      super.setRequestHeader(name, value);
    }
    send(body) {
      const { method, url, headers } = this.recorded;
      exchange(method, url, headers, this.withCredentials ? "include" : "same-origin", body);
      this.addEventListener("load", () => method === "GET" && this.status === 200 && log.received.push(...payload(this.responseText)));
      super.send(body);
    }
  };

  const nativeFetch = fetch;
  globalThis.fetch = async (url, init = {}) => {
    const { method = "GET", headers = {}, credentials = "same-origin", body } = init;
    const isEngine = String(url).includes("EIO=") && !isProbe(String(url));
    if (isEngine) exchange(method, url, headers instanceof Headers ? Object.fromEntries(headers) : headers, credentials, body);
    const response = await nativeFetch(url, init);
    if (isEngine && method === "GET" && response.ok) log.received.push(...payload(await response.clone().text()));
    return response;
  };

  function exchange(method, url, headers, credentials, body) {
    request(`${method} ${plainUrl(url)} ${headersOf(headers)} ${credentials === "include" ? "with cookies" : ""}`);
    if (body) log.sent.push(...payload(body));
  }

  globalThis.recorder = { log, note, watch, watchManager, show };
})();
