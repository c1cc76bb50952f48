// @ts-check
/** The way from Rust to a manager. Nothing may be thrown into Rust from here: its frames are not unwound. */
import { held, hold, take } from "../web/edge.js";

/** @typedef {import("./manager.js").Manager} Manager */

/** What Rust holds of a manager: the manager itself only while it has a connection or waits for one. @typedef {{ _manager: WeakRef<Manager>, _kept?: Manager }} Target */

/** @param {number} target @returns {Manager | undefined} */
const managerOf = (target) => {
  /** @type {Target} */
  const { _kept, _manager } = held[target];
  return _kept ?? _manager.deref();
};

/** What Rust decides with, of the app's options as they are now; or the negative number of an error. @param {number} target */
export const settings = (target) => {
  try {
    return hold(/** @type {Manager} */ (managerOf(target))._configure());
  } catch (error) {
    return -hold(error);
  }
};

/** @param {number} target @param {number} kind */
export const given = (target, kind) => {
  const manager = managerOf(target);
  return manager?._session._given(kind, manager._hasAuth()) ?? 0;
};

/** @param {number} target */
export const headerNames = (target) => hold(managerOf(target)?._session._names());

/** @param {number} target @param {number} texts which are taken @param {number} time `Time` in `core.rs` has the numbers */
export const place = (target, texts, time) => {
  const strings = take(texts);
  const manager = managerOf(target);
  const [plan, lists] = manager?._session._place(strings, time) ?? [undefined, []];
  if (!time) manager?._placed(plan);
  return hold(lists);
};

/** @param {number} target @param {number} kind */
export const endpoint = (target, kind) => hold(managerOf(target)?._session._endpoint(kind) ?? []);

/** @param {number} target @param {number} epoch @param {number} reason which is taken @param {number} attempt @param {number} withAuth */
export const wantBearer = (target, epoch, reason, attempt, withAuth) => {
  const text = take(reason);
  managerOf(target)?._bear(epoch, text, attempt, withAuth);
};

/**
 * @param {number} target @param {number} socket @param {number} epoch @param {number} reason which is taken @param {number} attempt
 * @param {number} renews @param {number} refusal which is taken @param {number} isAuthError
 */
export const authenticate = (target, socket, epoch, reason, attempt, renews, refusal, isAuthError) => {
  const text = take(reason);
  const error = take(refusal);
  managerOf(target)?._authenticate(socket, epoch, text, attempt, renews, error, isAuthError);
};

/**
 * @param {number} target @param {number} event @param {number} about a socket or engine @param {number} slot which is taken
 * @param {number} number @param {number} epoch
 */
export const tell = (target, event, about, slot, number, epoch) => {
  const value = take(slot);
  managerOf(target)?._tell(event, about, value, number, epoch);
};

/**
 * Has the app's encoder make messages of a packet: the number of a list of them, or 0 where it fails.
 * @param {number} target @param {number} connection @param {number} socket @param {number} code @param {number} id or negative
 * @param {number} slot of the data, which is taken @param {number} compress
 */
export const encode = (target, connection, socket, code, id, slot, compress) => {
  const data = take(slot);
  return managerOf(target)?._encode(connection, socket, code, id, data, !!compress) ?? 0;
};
