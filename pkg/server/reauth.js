// @ts-check
/**
 * What becomes of a socket's credentials after it was let in: new ones take their place on the open connection, and a
 * socket whose credentials have run out is disconnected. The types and their documentation are in `index.d.ts`.
 */

/** @typedef {{ auth: Record<string, any>, headers: Record<string, any> }} Credentials what one CONNECT or refresh brought */
/**
 * The options, checked.
 * @typedef {object} Rules
 * @property {string} [event]
 * @property {import("./index.d.ts").ReauthOptions<any>["verify"]} [verify]
 * @property {boolean} enforced
 * @property {(socket: any) => unknown} [expiry]
 * @property {number} leeway
 */

const EVENT = "auth:refresh";

/** Names that no client may send, or that mean something else. */
const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/** Where apps put a token in `auth`. */
const TOKEN_MEMBERS = ["token", "accessToken", "access_token", "jwt", "bearer"];

/** A number below it is a time in seconds: as milliseconds it would be a day of 1973 at the latest. */
const SECONDS_BELOW = 1e11;

/** What a timer can wait at most; a longer time overflows, and the timer fires at once. */
const LONGEST_WAIT = 2 ** 31 - 1;

/**
 * Whom to tell of each socket, or undefined when the app asks neither for re-authentication nor for expiry.
 * @param {import("./index.d.ts").InstallOptions<any>} options
 * @param {(payload: unknown) => Credentials | undefined} read undefined for what cannot be credentials
 */
export function keeper(options, read) {
  const rules = checked(options);
  if (!rules.verify && !rules.enforced) return undefined;
  return {
    /** Before the app's middleware. @param {any} socket */
    arriving(socket) {
      // It belongs to what the session had before it was recovered. The app's middleware is about to judge anew.
      if (socket.recovered) delete socket.data?.expiresAt;
    },
    /** Before the app's `connection` listeners. @param {any} socket @param {boolean} judged by the app's middleware */
    connected(socket, judged) {
      const session = new Session(socket, rules);
      if (rules.event) intercept(socket, rules.event, (payload, ack) => session.refresh(read(payload), ack));
      socket.once("disconnect", () => session.end());
      // After the listeners: they see each socket connected, and may say when it runs out.
      process.nextTick(() => session.begin(judged));
    },
  };
}

/** @param {import("./index.d.ts").InstallOptions<any>} options @returns {Rules} */
function checked({ reauth, expiry = reauth !== undefined, leeway = 0 }) {
  if (reauth !== undefined && typeof reauth?.verify !== "function") {
    throw new TypeError("socketio-wasm: `reauth.verify` must be a function that throws to refuse");
  }
  const event = reauth && (reauth.event ?? EVENT);
  if (event !== undefined && (typeof event !== "string" || event === "" || RESERVED.includes(event))) {
    throw new TypeError(`socketio-wasm: ${JSON.stringify(event)} in \`reauth.event\` is not a name for an event`);
  }
  if (typeof expiry !== "boolean" && typeof expiry !== "function") {
    throw new TypeError("socketio-wasm: `expiry` must be true, false or a function");
  }
  if (typeof leeway !== "number" || !(leeway >= 0)) {
    throw new TypeError("socketio-wasm: `leeway` must be a number of milliseconds, zero or more");
  }
  return {
    event,
    // Called as a method of what the app gave.
    verify: reauth && ((handshake, socket) => reauth.verify(handshake, socket)),
    enforced: expiry !== false,
    expiry: typeof expiry === "function" ? expiry : undefined,
    leeway,
  };
}

/**
 * Takes one event out of what the socket receives. An `onAny` listener runs before any event middleware, so the place
 * to do it is where packets arrive, which is not documented. Should it ever move, a middleware has to do.
 * @param {any} socket @param {string} event @param {(payload: unknown, ack: (answer: object) => void) => void} take
 */
function intercept(socket, event, take) {
  const { onevent } = socket;
  if (typeof onevent === "function" && typeof socket.ack === "function") {
    socket.onevent = (/** @type {any} */ packet) => {
      if (packet.data?.[0] !== event) return onevent.call(socket, packet);
      take(packet.data[1], packet.id == null ? () => {} : socket.ack(packet.id));
    };
  } else {
    socket.use((/** @type {any[]} */ [name, ...args], /** @type {() => void} */ next) => {
      if (name !== event) return next();
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      take(args[0], ack);
    });
  }
}

/** The credentials of one socket. */
class Session {
  #socket;
  #rules;
  /** How many times the verifier was asked, and which of these was the last to be accepted. */
  #asked = 0;
  #accepted = 0;
  /** When the credentials run out, in milliseconds since the epoch. @type {number | undefined} */
  #expiresAt;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {any} socket @param {Rules} rules */
  constructor(socket, rules) {
    this.#socket = socket;
    this.#rules = rules;
  }

  /** @param {boolean} judged */
  async begin(judged) {
    const { data, handshake } = this.#socket;
    if (judged) return this.#runOutAt(this.#ownWord(data?.expiresAt) ?? earliest(handshake));
    // A recovered session, whose middleware was skipped: nobody has verified what it brought, so a token in there says
    // nothing yet. What was known of the session lasts; if that is over, the verifier has the last word.
    this.#expiresAt = millis(data?.expiresAt);
    if (this.#rules.verify) {
      if (!this.#isOver()) this.#watch();
      await this.#renew({ auth: handshake.auth, headers: handshake.headers });
    }
    this.#watch();
  }

  /** @param {Credentials | undefined} brought @param {(answer: object) => void} ack */
  async refresh(brought, ack) {
    if (!this.#socket.connected) return;
    const answer = brought ? await this.#renew(brought) : refusal(new Error("the new credentials must be an object"));
    if (!this.#socket.connected) return;
    try {
      ack(answer);
    } catch {
      // What the app attached cannot be sent: a circle, a BigInt.
      ack({ error: { message: answer.error?.message } });
    }
  }

  end() {
    clearTimeout(this.#timer);
  }

  /** @param {Credentials} brought @returns {Promise<any>} the acknowledgement */
  async #renew(brought) {
    const socket = this.#socket;
    const turn = ++this.#asked;
    const before = socket.data?.expiresAt;
    let said;
    try {
      said = await this.#rules.verify?.(inPlace(socket.handshake, brought), socket);
      // Not in the contract. But to let in whom such a verifier turns away would be the worse mistake.
      if (/** @type {unknown} */ (said) === false) throw new Error("refused");
    } catch (error) {
      return refusal(error);
    }
    // A newer refresh that was quicker stays.
    if (socket.connected && turn > this.#accepted) {
      this.#accepted = turn;
      const { auth, headers } = inPlace(socket.handshake, brought);
      Object.assign(socket.handshake, { auth, headers });
      // What stands there from before is of the old credentials.
      const set = socket.data?.expiresAt === before ? undefined : socket.data?.expiresAt;
      this.#runOutAt(millis(said?.expiresAt) ?? this.#ownWord(set) ?? earliest(brought) ?? this.#expiresAt);
    }
    return Number.isFinite(this.#expiresAt) ? { ok: true, expiresAt: this.#expiresAt } : { ok: true };
  }

  /** What the app says, before any token is looked at. @param {unknown} set in `socket.data` */
  #ownWord(set) {
    const { expiry } = this.#rules;
    return expiry ? (millis(expiry(this.#socket)) ?? Infinity) : millis(set);
  }

  /** @param {number | undefined} at */
  #runOutAt(at) {
    this.#expiresAt = at;
    // For the app to read, and for the session to have when it is recovered, maybe in another process.
    this.#socket.data ??= {};
    if (Number.isFinite(at)) this.#socket.data.expiresAt = at;
    else delete this.#socket.data.expiresAt;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    const { enforced, leeway } = this.#rules;
    if (!enforced || !this.#socket.connected || !Number.isFinite(this.#expiresAt)) return;
    if (this.#isOver()) return this.#socket.disconnect();
    const left = Number(this.#expiresAt) + leeway - Date.now();
    this.#timer = setTimeout(() => this.#watch(), Math.min(left, LONGEST_WAIT));
    this.#timer.unref();
  }

  #isOver() {
    return this.#expiresAt !== undefined && this.#expiresAt + this.#rules.leeway <= Date.now();
  }
}

/** The handshake as it would be. @param {any} handshake @param {Credentials} brought */
function inPlace(handshake, { auth, headers }) {
  return { ...handshake, auth, headers: { ...handshake.headers, ...headers } };
}

/** The client gets the words of an error that was made to be read, and what the app attached. @param {any} error */
function refusal(error) {
  const message = (error instanceof Error && error.message) || "refused";
  return { error: { message, data: error?.data } };
}

/** A time as the app writes it. One that cannot be read is over: better to ask too often than never. @param {unknown} time */
function millis(time) {
  if (time === undefined || time === null) return undefined;
  const number = time instanceof Date ? time.getTime() : time;
  if (typeof number !== "number" || Number.isNaN(number)) return 0;
  return number < SECONDS_BELOW && !(time instanceof Date) ? number * 1000 : number;
}

/** When the first of the tokens runs out, as they say themselves. @param {Credentials} credentials */
function earliest({ auth, headers }) {
  const tokens = [...TOKEN_MEMBERS.map((member) => auth?.[member]), headers.authorization];
  const times = tokens.map(expiryOf).filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** The `exp` of a JWT. Whether the token is genuine was the app's to find out. @param {unknown} token */
function expiryOf(token) {
  // A "Bearer " before it belongs to the first part, which says nothing of time.
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(parts[1], "base64url").toString("utf8"));
    return typeof exp === "number" ? millis(exp) : undefined;
  } catch {
    return undefined;
  }
}
