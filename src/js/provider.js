// @ts-check
/**
 * The app's functions that give a bearer token and the payload of a CONNECT. Sockets that ask the same function for the same reason
 * while it is running share one call.
 */

/**
 * @typedef {{ reason: string, attempt: number, namespace?: string }} Demand
 * @typedef {{ _give: (payload: any) => void, _fail: (error: unknown) => void }} Answer what `_give` throws goes to `_fail`
 * @typedef {{ _reason: string, _controller: AbortController, _answers: Set<Answer> }} Call
 */

/** What is running. @type {WeakMap<Function, Call>} */
const calls = new WeakMap();

/**
 * Asks a function. It may give the payload as its result, as a promise of it (`async`), or to its argument, which is a
 * function as with the official client and has the members of the demand, and a `signal`. What is no function is given as it is.
 * @param {any} provider @param {any} owner @param {Demand} demand @param {Answer} answer
 * @param {boolean} [hasCallback] whether its argument is such a function; unknown where it declares none
 * @returns {() => void} what says that the answer is not waited for any more
 */
export const ask = (provider, owner, demand, answer, hasCallback = provider?.length > 0 || undefined) => {
  if (typeof provider !== "function") {
    hand(answer, /* @__KEY__ */ "_give", provider);
    return () => {};
  }
  let call = calls.get(provider);
  if (call?._reason === demand.reason) call._answers.add(answer);
  else call = start(provider, owner, demand, answer, hasCallback);
  return () => {
    if (!call._answers.delete(answer) || call._answers.size) return;
    if (calls.get(provider) === call) calls.delete(provider);
    call._controller.abort();
  };
};

/** @param {Answer} answer @param {"_give" | "_fail"} kind @param {any} value */
const hand = (answer, kind, value) => {
  try {
    answer[kind](value);
  } catch (error) {
    answer._fail(error);
  }
};

/** @param {Function} provider @param {any} owner @param {Demand} demand @param {Answer} answer @param {boolean | undefined} hasCallback @returns {Call} */
const start = (provider, owner, demand, answer, hasCallback) => {
  /** @type {Call} */
  const call = { _reason: demand.reason, _controller: new AbortController(), _answers: new Set([answer]) };
  calls.set(provider, call);
  /** Whichever way the answer comes, only the first one counts. @param {"_give" | "_fail"} kind */
  const settle = (kind) => (/** @type {any} */ value) => {
    if (calls.get(provider) === call) calls.delete(provider);
    const answers = [...call._answers];
    call._answers.clear();
    for (const answer of answers) hand(answer, kind, value);
  };
  const give = settle(/* @__KEY__ */ "_give");
  const fail = settle(/* @__KEY__ */ "_fail");
  try {
    const result = provider.call(owner, Object.assign(give, demand, { signal: call._controller.signal }));
    if (typeof result?.then === "function") {
      // One that takes the argument may mean to call it, later than its promise is done.
      result.then((/** @type {any} */ payload) => (payload === undefined && hasCallback ? undefined : give(payload)), fail);
    } else if (hasCallback === false || (!hasCallback && result !== undefined)) give(result);
  } catch (error) {
    fail(error);
  }
  return call;
};
