// How long it takes from nothing to a connection, in a page that has just been opened.

/** Milliseconds to each step, from the import's beginning or from the call of `io()`. */
globalThis.measure = async (name, transports) => {
  const begin = performance.now();
  const { io } = await import(`/bundle/${name}.js`);
  const imported = performance.now();
  const socket = io(location.origin, { transports, reconnection: false });
  const returned = performance.now();
  // Attached at once: with a server this near, the upgrade may come before the connection of the namespace.
  const upgraded = new Promise((resolve) => socket.io.engine.once("upgrade", () => resolve(performance.now())));
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  const connected = performance.now();
  return {
    import: imported - begin,
    call: returned - imported,
    connect: connected - imported,
    whole: connected - begin,
    upgrade: transports.length > 1 ? (await upgraded) - imported : undefined,
  };
};
