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

/** The app's options as they are now; 0 where they can't be had. @param {number} target */
export const options = (target) => {
  const options = managerOf(target)?._options();
  return options ? hold(options) : 0;
};

/** @param {number} target */
export const hasAuth = (target) => managerOf(target)?._hasAuth() ?? false;

/** @param {number} target @param {number} epoch @param {number} reason which is taken @param {number} attempt @param {number} withAuth */
export const wantBearer = (target, epoch, reason, attempt, withAuth) => {
  const text = take(reason);
  managerOf(target)?._bear(epoch, text, attempt, withAuth);
};

/** @param {number} target @param {number} plan which is taken */
export const placed = (target, plan) => {
  const strings = take(plan);
  managerOf(target)?._placed(strings);
};

/** @param {number} target @param {number} headers which are taken */
export const carry = (target, headers) => {
  const strings = take(headers);
  managerOf(target)?._carry(strings);
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
