// Typed events: what `on`, `once`, `off` and `emit` take, for the app's own events and for the client's.

/** Events by name, each with the type of its listener. */
export interface EventsMap {
  [event: string]: any;
}

/** Any event with any arguments: what a socket has where the app gives no types. */
export interface DefaultEventsMap {
  [event: string]: (...args: any[]) => void;
}

/** The names of a map's events. */
export type EventNames<Events extends EventsMap> = keyof Events & (string | symbol);

/** The arguments of an event. */
export type EventParams<Events extends EventsMap, Event extends EventNames<Events>> = Parameters<Events[Event]>;

/** The names of the client's own events (`Reserved`) and of the app's (`User`). */
export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** The listener of an event. A name that is in both maps is the client's own. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Event extends ReservedOrUserEventNames<Reserved, User>,
> = Known<Event extends EventNames<Reserved> ? Reserved[Event] : Event extends EventNames<User> ? User[Event] : never>;

/** In generic code TypeScript may not be able to look an event up: it then accepts any listener. */
type Known<Listener> = [Listener] extends [never] ? (...args: any[]) => void | Promise<void> : Listener;

/** The arguments of an event without the callback at their end. */
export type AllButLast<Args extends any[]> = Args extends [...infer Rest, infer _] ? Rest : any[];

/** The last argument of an event: its acknowledgement's callback, where it has one. */
export type Last<Args extends any[]> = Args extends [...infer _, infer Callback] ? Callback : any;

/** What an acknowledgement answers with: its first value that is no error. */
export type Answer<Callback> = Callback extends (...args: infer Args) => any
  ? Args[0] extends Error
    ? Args[1]
    : Args[0]
  : any;

/**
 * The same events, where each acknowledgement's callback takes an error first: what `socket.timeout(…)` gives.
 * The error is `null` where the answer came.
 */
export type DecorateAcknowledgements<Events> = {
  [Event in keyof Events]: Events[Event] extends (...args: infer Args) => infer Result
    ? (...args: WithErrors<Args>) => Result
    : Events[Event];
};

type WithErrors<Args extends any[]> = {
  [Index in keyof Args]: Args[Index] extends (...args: infer Answers) => infer Result
    ? (error: Error, ...args: Answers) => Result
    : Args[Index];
};

/**
 * Listeners by event name.
 *
 * A listener that is added or removed during an event counts from the next event on. What a listener throws is a rejection
 * that nobody handles (`unhandledrejection`).
 *
 * @typeParam ListenEvents the app's events that can be listened to
 * @typeParam EmitEvents the app's events that can be emitted
 * @typeParam ReservedEvents the client's own events, which only it emits
 */
export declare class Emitter<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap = {},
> {
  /** Calls `listener` at each event of this name. */
  on<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Event,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** Calls `listener` at the next event of this name, and not again. */
  once<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Event,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** Removes one listener of an event; all of an event's without `listener`; all there are without arguments. */
  off<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Event,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** Emits an event. */
  emit<Event extends EventNames<EmitEvents>>(event: Event, ...args: EventParams<EmitEvents, Event>): this;

  /** The listeners of an event, in the order in which they are called. */
  listeners<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Event,
  ): ReservedOrUserListener<ReservedEvents, ListenEvents, Event>[];

  /** Whether an event has listeners. */
  hasListeners<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(event: Event): boolean;

  /** The same as {@link on}. */
  addEventListener<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Event,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** The same as {@link off}. */
  removeListener<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Event,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** The same as {@link off}. */
  removeEventListener<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Event,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Event>,
  ): this;

  /** The same as {@link off} without a listener. */
  removeAllListeners<Event extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(event?: Event): this;

  /** For subclasses: emits one of the client's own events. */
  protected emitReserved<Event extends EventNames<ReservedEvents>>(
    event: Event,
    ...args: EventParams<ReservedEvents, Event>
  ): void;
}
