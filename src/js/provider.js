// @ts-check
/**
 * The app's function that gives the payload of a CONNECT. Sockets that ask the same function for the same reason while it is
 * running share one call.
 */

/**
 * @typedef {{ reason: string, attempt: number, namespace?: string }} Demand
 * @typedef {{ give: (payload: any) => void, fail: (error: unknown) => void }} Answer
 * @typedef {{ reason: string, controller: AbortController, answers: Set<Answer> }} Call
 */

/** What is running. @type {WeakMap<Function, Call>} */
const calls = new WeakMap();

/**
 * Asks a function. It may give the payload as its result, as a promise of it (`async`), or to its argument, which is a
 * function as with the official client and has the members of the demand, and a `signal`.
 * @param {Function} provider @param {any} owner @param {Demand} demand @param {Answer} answer
 * @param {boolean} [hasCallback] whether its argument is such a function; unknown where it declares none
 * @returns {() => void} what says that the answer is not waited for any more
 */
export const ask = (provider, owner, demand, answer, hasCallback = provider.length > 0 || undefined) => {
  let call = calls.get(provider);
  if (call?.reason === demand.reason) call.answers.add(answer);
  else call = start(provider, owner, demand, answer, hasCallback);
  return () => {
    if (!call.answers.delete(answer) || call.answers.size) return;
    if (calls.get(provider) === call) calls.delete(provider);
    call.controller.abort();
  };
};

/** @param {Function} provider @param {any} owner @param {Demand} demand @param {Answer} answer @param {boolean | undefined} hasCallback @returns {Call} */
const start = (provider, owner, demand, answer, hasCallback) => {
  /** @type {Call} */
  const call = { reason: demand.reason, controller: new AbortController(), answers: new Set([answer]) };
  calls.set(provider, call);
  /** Whichever way the answer comes, only the first one counts. @param {"give" | "fail"} kind @param {any} value */
  const settle = (kind, value) => {
    if (calls.get(provider) === call) calls.delete(provider);
    const answers = [...call.answers];
    call.answers.clear();
    for (const answer of answers) answer[kind](value);
  };
  const give = (/** @type {any} */ payload) => settle("give", payload);
  const fail = (/** @type {unknown} */ error) => settle("fail", error);
  try {
    const result = provider.call(owner, Object.assign(give.bind(undefined), demand, { signal: call.controller.signal }));
    if (typeof result?.then === "function") {
      // One that takes the argument may mean to call it, later than its promise is done.
      result.then((/** @type {any} */ payload) => (payload === undefined && hasCallback ? undefined : give(payload)), fail);
    } else if (hasCallback === false || (!hasCallback && result !== undefined)) give(result);
  } catch (error) {
    fail(error);
  }
  return call;
};
