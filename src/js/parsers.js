// @ts-check
/** Parsers by name. An entry that has one shares no code with the entries that have `io`: it leaves it where they look. */

/** @type {any} */
const place = globalThis;
const parsers = Symbol.for("socketio-wasm.parsers");

/** Makes a parser known by a name. @param {string} name @param {any} parser */
export const register = (name, parser) => {
  place[parsers] = { ...place[parsers], [name]: parser };
};

/** The parser that an app has named, where it is known; or what else the app has given. @param {any} parser */
export const named = (parser) => (typeof parser === "string" && place[parsers]?.[parser]) || parser;
