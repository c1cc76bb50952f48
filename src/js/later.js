// @ts-check
/**
 * What Rust calls of the parts that few connections need (`parts.js`). It is done when the part is there, and not at all where it has
 * ended by then.
 */
import { ACCEPTED, ANSWERED, BROKEN, PROBED, REACHED, dispatch, held, hold, take } from "../web/edge.js";
import { stamped } from "../web/network.js";
import { load, parts } from "./parts.js";

/** What came of a probe that can't be made; `Outcome` in `diagnosis.rs` has the number. */
const UNKNOWN = 4;

/**
 * Loads a part; where that fails, what there is to say of it is thrown.
 * @template {keyof import("./parts.js").Parts} Name @param {Name} name @returns {Promise<import("./parts.js").Parts[Name]>}
 */
const get = (name) =>
  load(name).catch((description) => {
    throw { description, hint: `${name}.js of the package can't be loaded: serve it, or import "socketio-wasm/full"` };
  });

let isReached = false;

/** Adds the second part of the module. @param {import("./parts.js").Parts["rare"]} rare */
const add = (rare) => {
  if (!isReached) rare.start();
  isReached = true;
};

/** Whether the second part of the module is there. Where it is not, it is loaded, and the driver hears of it. @param {number} driver */
export const reach = (driver) => {
  if (parts.rare) add(parts.rare);
  if (!isReached) {
    get("rare")
      .then(add)
      .then(
        () => dispatch(driver, 0, REACHED, 0, 0),
        (problem) => dispatch(driver, 0, REACHED, hold(problem), 0),
      );
  }
  return Number(isReached);
};

/**
 * Begins what ends in a signal at the latest. Gives the number of what ends it.
 * @template Part @param {Promise<Part>} loading @param {(part: Part) => () => void} begin gives what ends it
 * @param {number} driver @param {number} transport @param {number} signal which says that the part can't be loaded
 */
const begin = (loading, begin, driver, transport, signal) => {
  const waiting = () => {};
  const slot = hold(waiting);
  const isWanted = () => held[slot] === waiting;
  loading.then(
    (part) => {
      if (isWanted()) held[slot] = begin(part);
    },
    (problem) => {
      if (isWanted()) dispatch(driver, transport, signal, hold(problem), 0);
    },
  );
  return slot;
};

/** What a session takes: the part, and the second part of the module. */
const getSession = async () => {
  const [session, rare] = await Promise.all([get("webtransport"), get("rare")]);
  add(rare);
  return session;
};

/** @param {number} url @param {number} options @param {number} driver @param {number} transport */
export const openSession = (url, options, driver, transport) => {
  const given = [held[url], held[options]];
  return begin(getSession(), ({ line }) => line(given[0], given[1], driver, transport), driver, transport, BROKEN);
};

/** @param {number} url @param {number} stamp @param {number} body @param {number} driver @param {number} transport */
export const sendJsonp = (url, stamp, body, driver, transport) => {
  const given = [stamped(held[url], stamp), take(body)];
  return begin(get("jsonp"), ({ send }) => send(given[0], given[1], driver, transport), driver, transport, body ? ACCEPTED : ANSWERED);
};

/** Once something was found out. @type {typeof import("../web/diagnosis.js") | undefined} */
let diagnosis;

/** @param {(part: typeof import("../web/diagnosis.js")) => void} act @param {number} driver @param {number} transport */
const diagnose = (act, driver, transport) => {
  load("diagnosis").then(
    (part) => act((diagnosis = part)),
    () => {
      dispatch(driver, transport, PROBED, 0, UNKNOWN);
    },
  );
};

/** @type {typeof import("../web/diagnosis.js").probe} */
export const probe = (kind, url, header, withCredentials, driver, transport) => {
  const [address, name] = [take(url), take(header)];
  diagnose((part) => part.probe(kind, hold(address), hold(name), withCredentials, driver, transport), driver, transport);
};

/** @param {number} driver @param {number} transport */
export const awaitProbe = (driver, transport) => diagnose((part) => part.awaitProbe(driver, transport), driver, transport);

/** @type {typeof import("../web/diagnosis.js").explain} */
export const explain = (slot, code, names) => {
  if (diagnosis) return diagnosis.explain(slot, code, names);
  take(code);
  take(names);
};
