// A call of a function in a page as text, and its outcome as text: what drivers make of values is theirs, and loses some.

/** A value as JSON has it: what JSON does not know is a list of its name and its text, and so other lists are of one item. */
function packed(value) {
  if (value === undefined) return ["undefined", ""];
  if (Object.is(value, -0)) return ["number", "-0"];
  if (typeof value === "number" && !Number.isFinite(value)) return ["number", String(value)];
  if (value instanceof Date) return ["date", value.toISOString()];
  if (Array.isArray(value)) return [value.map(packed)];
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, packed(inner)]));
}

function unpacked(value) {
  if (Array.isArray(value)) {
    const [name, text] = value;
    if (value.length === 1) return name.map(unpacked);
    return { number: Number(text), date: new Date(text) }[name];
  }
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpacked(inner)]));
}

/** The source of a promise of the outcome's text. What the page has noted of its own complaints (complaints.js) is part of it. */
export function callOf(fn, argument) {
  return `(async () => {
  ${packed}
  ${unpacked}
  const outcome = {};
  try {
    outcome.value = await (${fn})(unpacked(${JSON.stringify(packed(argument))}));
  } catch (error) {
    outcome.error = String(error?.message ?? error);
  }
  return JSON.stringify(packed({ ...outcome, complaints: globalThis.complaints?.splice(0) ?? [] }));
})()`;
}

/** What that text says: the `value`, or the `error`'s text; and `complaints`. */
export const outcomeOf = (text) => unpacked(JSON.parse(text));
