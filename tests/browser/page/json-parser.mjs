// A parser as apps write them: each packet is one JSON text. For servers and pages.
export const protocol = 5;
export const PacketType = { CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4 };

export class Encoder {
  encode(packet) {
    return [JSON.stringify(packet)];
  }
}

export class Decoder {
  #listeners = [];

  add(text) {
    const packet = JSON.parse(text);
    for (const listener of this.#listeners) listener(packet);
  }

  on(event, listener) {
    if (event === "decoded") this.#listeners.push(listener);
    return this;
  }

  off() {
    return this.removeAllListeners();
  }

  removeAllListeners() {
    this.#listeners = [];
    return this;
  }

  removeListener() {
    return this.removeAllListeners();
  }

  destroy() {}
}
