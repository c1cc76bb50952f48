// @ts-check
/**
 * Listeners by event name, as `@socket.io/component-emitter` has them.
 *
 * What is not for apps begins with an underscore here and in the classes that follow, and the build shortens it. Private names
 * would break where an app puts an instance behind a proxy, as reactive frameworks do.
 */
export class Emitter {
  /** @type {Map<any, Function[]>} */
  _listeners = new Map();

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    // Listeners are copied on change, so that a change during an event counts from the next event on.
    this._listeners.set(key(event), [...this.listeners(event), listener]);
    return this;
  }

  /** @param {any} event @param {Function} listener */
  once(event, listener) {
    const once = (/** @type {any[]} */ ...args) => {
      this.off(event, once);
      listener.apply(this, args);
    };
    // `off` takes the app's own function.
    once.fn = listener;
    return this.on(event, once);
  }

  /** @param {[any?, any?]} args an event and a listener; without the listener all of the event, without both all there are */
  off(...args) {
    const [event, listener] = args;
    const left = args.length > 1 ? without(this.listeners(event), listener) : [];
    if (!args.length) this._listeners.clear();
    // An event that nobody listens to leaves nothing behind.
    else if (left.length) this._listeners.set(key(event), left);
    else this._listeners.delete(key(event));
    return this;
  }

  /** @param {any} event @returns {Function[]} */
  listeners(event) {
    return this._listeners.get(key(event)) ?? [];
  }

  /** @param {any} event */
  hasListeners(event) {
    return this.listeners(event).length > 0;
  }

  /** @param {any} event @param {any[]} args */
  emit(event, ...args) {
    this._say(event, ...args);
    return this;
  }

  /** Calls the listeners, whatever a subclass makes of `emit`. @param {any} event @param {any[]} args */
  _say(event, ...args) {
    this._call(event, args);
  }

  /** @param {any} event @param {any[]} args */
  _call(event, args) {
    const listeners = this._listeners.get(key(event));
    if (listeners) for (let i = 0; i < listeners.length; i++) listeners[i].apply(this, args);
  }
}

/** Servers may emit numbers, and apps listen to their digits, or name events by objects. */
const key = String;

/** The listeners without the first that is `listener`, or was made of it by `once`. @param {Function[]} listeners @param {Function} listener */
export const without = (listeners, listener) => {
  const index = listeners.findIndex((other) => other === listener || /** @type {any} */ (other).fn === listener);
  return listeners.filter((_, other) => other !== index);
};

const prototype = /** @type {any} */ (Emitter.prototype);
prototype.addEventListener = prototype.on;
prototype.emitReserved = prototype._say;
prototype.removeListener = prototype.removeEventListener = prototype.removeAllListeners = prototype.off;
