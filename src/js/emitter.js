// @ts-check
/** Listeners by event name, as `@socket.io/component-emitter` has them. */
export class Emitter {
  /** @type {Map<any, Function[]>} */
  #listeners = new Map();

  /** @param {any} event @param {Function} listener */
  on(event, listener) {
    const listeners = this.#listeners.get(event);
    // Listeners are copied on change, so that a change during an event counts from the next event on.
    this.#listeners.set(event, listeners ? [...listeners, listener] : [listener]);
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

  /** @param {any} [event] @param {Function} [listener] */
  off(event, listener) {
    if (event === undefined) this.#listeners.clear();
    else if (!listener) this.#listeners.delete(event);
    else {
      const listeners = this.listeners(event);
      const index = listeners.findIndex((other) => other === listener || /** @type {any} */ (other).fn === listener);
      if (index >= 0) this.#listeners.set(event, listeners.toSpliced(index, 1));
    }
    return this;
  }

  /** @param {any} event @returns {Function[]} */
  listeners(event) {
    return this.#listeners.get(event) ?? [];
  }

  /** @param {any} event */
  hasListeners(event) {
    return this.listeners(event).length > 0;
  }

  /** @param {any} event @param {any[]} args */
  emit(event, ...args) {
    this.emitReserved(event, ...args);
    return this;
  }

  /** Calls the listeners, whatever a subclass makes of `emit`. @param {any} event @param {any[]} args */
  emitReserved(event, ...args) {
    const listeners = this.#listeners.get(event);
    if (listeners) for (let i = 0; i < listeners.length; i++) listeners[i].apply(this, args);
  }
}

const prototype = /** @type {any} */ (Emitter.prototype);
prototype.addEventListener = prototype.on;
prototype.removeListener = prototype.removeEventListener = prototype.removeAllListeners = prototype.off;
