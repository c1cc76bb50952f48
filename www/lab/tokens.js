// Functions that give bearer tokens, as an app has one: each is another kind of luck.

/** What can be chosen, in the order of the form. `seconds`: how long a token lasts. */
export const PROVIDERS = {
  fresh: { seconds: 3600 },
  stale: { seconds: 3600, first: "demo-expired" },
  short: { seconds: 3 },
  failing: { error: "the lab's token service is down" },
};

/** Asks the lab's server for a token: `{ token, expiresAt }`. */
async function issued(subject, seconds, signal) {
  const response = await fetch(`/token?${new URLSearchParams({ subject, seconds })}`, { signal });
  if (!response.ok) throw new Error(`the lab's server answered ${response.status}`);
  return response.json();
}

/**
 * A function for `credentials: { bearer }`.
 *
 * @param {keyof typeof PROVIDERS} kind
 * @param {() => string} subject Whose token it is to be.
 * @param {(request: object, given: { token?: string, expiresAt?: number, subject?: string }) => void} told Called with each
 *   request, and what became of it.
 */
export function provider(kind, subject, told) {
  const { seconds, first, error } = PROVIDERS[kind];
  return async (request) => {
    const { reason, signal } = request;
    if (error) {
      told(request, {});
      throw new Error(error);
    }
    if (first && reason === "connect") {
      told(request, { token: first });
      return first;
    }
    const owner = subject();
    const given = await issued(owner, seconds, signal);
    told(request, { ...given, subject: owner });
    return given;
  };
}
