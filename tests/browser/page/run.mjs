// Runs the functions of tests, in the window or in a worker: they arrive as source text.
import * as client from "./client.mjs";
import * as kit from "./kit.mjs";

/** Calls the function with the client's exports and `kit`, then the test's own arguments. */
export function run(source, args) {
  const call = (0, eval)(`(${source})`);
  return call({ ...client, kit: { ...kit, transports: (name) => kit.transports(client, name) } }, ...args);
}
