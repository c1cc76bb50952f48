// @ts-check
/** What `call` of the bindings does, with a socket's number and another one; `calls` in `bridge.rs` has the same list. */
export const OPEN = 0;
export const CLOSE = 1;
export const CLOSE_ENGINE = 2;
export const WATCH = 3;
export const CONNECT = 4;
export const DISCONNECT = 5;
export const DISCARD = 6;
export const DECLINE = 7;
export const IS_ACTIVE = 8;
export const IS_RECONNECTING = 9;
export const IS_WRITABLE = 10;
export const WOULD_SEND = 11;
export const IS_CLOSED = 12;
