// What is sent and received: messages of about a given size on the wire.

/** A value whose frame, as `42["message",…]`, is about `size` bytes long; `id` makes it unlike the others. */
export function payload(size, id) {
  const budget = size - '42["message",]'.length;
  if (budget < 100) return { id: 100_000 + id, text: "x".repeat(Math.max(0, budget - '{"id":100000,"text":""}'.length)) };
  const rows = [];
  for (let length = 2; length < budget - 90; length += JSON.stringify(rows.at(-1)).length + 1) rows.push(row(rows.length, id));
  return rows;
}

function row(n, id) {
  return { id: id * 1_000 + n, name: `item number ${n}`, price: (n * 7 + id) / 10, tags: ["red", "blue"], active: n % 2 === 0 };
}

/** Frames as the server would send them, each an argument list for one message. */
export function textFrames(size, count) {
  return Array.from({ length: count }, (_, id) => [`42["message",${JSON.stringify(payload(size, id))}]`]);
}

export function binaryFrames(size, count) {
  const head = '451-["message",{"_placeholder":true,"num":0}]';
  return Array.from({ length: count }, (_, id) => [head, new Uint8Array(size).fill(id).buffer]);
}
