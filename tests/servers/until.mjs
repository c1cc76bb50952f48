// Waiting on a condition, with a deadline that says what never came.

/** Resolves with the first truthy value of `check()`; rejects after `timeout` ms, naming `what`. */
export async function until(check, what = String(check), timeout = 15_000) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`never happened in ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
