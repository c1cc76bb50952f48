// Two socket.io 4.8 servers that work as one through Redis, behind nginx: `npm run cluster`, or
//
//     node tests/interop/cluster.mjs [--client=official]
//
// With sessions that stick (by a parameter of the query, by a cookie) everything works, over each transport, and a server may
// die. Without, polling fails and the client says why, and WebSocket-first works. Prints a table, and exits with 1 where a
// check failed.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runAsScript } from "../../scripts/process.mjs";
import { setup } from "../../scripts/setup.mjs";
import { startNginx, startRedis } from "./balancer.mjs";
import { prepare } from "./checks.mjs";
import { startProgram } from "./servers.mjs";
import { firstLines, openStage, within } from "./stage.mjs";

const transports = ["xhr", "fetch", "upgrade", "websocket"];
const program = [process.execPath, [fileURLToPath(new URL("servers/cluster-node.mjs", import.meta.url))]];

/** How many clients connect, so that both servers get some. */
const crowd = 6;

/** Connects until the connection is to the server of this name; in the page, as `globalThis.socket`. */
async function connectTo(_, name, how) {
  for (let i = 0; i < 40; i++) {
    // Who comes without a cookie gets to the next one.
    document.cookie = "node=; path=/; max-age=0";
    const settings = how === "query" ? { query: { route: `client-${i}` } } : { withCredentials: true };
    const options = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 200 };
    globalThis.socket = await interop.connect("/", { ...options, ...settings });
    if ((await interop.ask(socket, "where", null)) === name) return;
    socket.disconnect();
  }
  throw new Error(`never connected to ${name}`);
}

/** Two pages, each with a client of another server: a page has but one cookie. */
async function both({ open, how }) {
  const [a, b] = [await open(), await open()];
  for (const [name, page] of Object.entries({ a, b })) await page.run(connectTo, name, how);
  return { a, b };
}

/** What one says the other hears. */
async function hears(from, to, text) {
  await to.run((_, text) => {
    // What was said before is heard by those who said it, too.
    globalThis.heard = interop.within(text, (resolve) => socket.on("said", (said) => said === text && resolve()));
  }, text);
  await from.run((_, text) => void socket.emit("say", text), text);
  await to.run(() => heard);
}

const sticky = {
  async "both servers, and what one says the clients of the other hear"(cell) {
    const { a, b } = await both(cell);
    await hears(a, b, "from a");
    await hears(b, a, "from b");
  },

  async "1,000 messages each way, in order"({ open, how }) {
    const { run } = await open();
    const seen = await run(async ({ kit }, how) => {
      const settings = how === "query" ? { query: { route: "many" } } : { withCredentials: true };
      const socket = await interop.connect("/", settings);
      const received = [];
      socket.on("burst", (i) => received.push(i));
      for (let i = 0; i < 1000; i++) socket.emit("count", i);
      const counted = await interop.ask(socket, "counted", null);
      socket.emit("burst", 1000);
      await kit.until(() => received.length === 1000, "1,000 messages");
      socket.disconnect();
      return { counted, ordered: received.every((value, i) => value === i) };
    }, how);
    assert.deepEqual(seen, { counted: [1000, true], ordered: true });
  },

  async "a server dies, and its client goes on with the other"(cell) {
    const { a, b } = await both(cell);
    await a.run(() => void (globalThis.lost = interop.next(socket, "disconnect")));
    await cell.nodes.a.stop();
    try {
      const seen = await a.run(async ({ kit }) => {
        const reason = await lost;
        await kit.until(() => socket.connected, "the reconnection");
        return { reason, where: await interop.ask(socket, "where", null) };
      });
      assert.match(seen.reason, /^transport (error|close)$/);
      assert.equal(seen.where, "b");
      await hears(a, b, "moved");
      await hears(b, a, "welcome");
    } finally {
      await cell.nodes.a.start();
    }
  },
};

const recovering = {
  async "a server is stopped, and the other recovers its client, with what it missed"(cell) {
    const { a, b } = await both(cell);
    // Who has heard something knows where to go on.
    await hears(b, a, "before");
    const id = await a.run(() => {
      socket.io.reconnection(false);
      globalThis.lost = interop.next(socket, "disconnect");
      return socket.id;
    });
    await cell.nodes.a.stop("SIGTERM");
    try {
      await a.run(() => lost);
      await b.run(() => interop.ask((socket.emit("say", "missed"), socket), "ask", "said"));
      const seen = await a.run(async ({ kit }) => {
        const heard = [];
        socket.on("said", (text) => heard.push(text));
        await kit.connected(socket.connect());
        await kit.until(() => heard.length > 0, "what was missed");
        return { heard, recovered: socket.recovered, id: socket.id, where: await interop.ask(socket, "where", null) };
      });
      assert.deepEqual(seen, { heard: ["missed"], recovered: true, id, where: "b" });
    } finally {
      await cell.nodes.a.start();
    }
  },
};

const spreading = {
  async "polling fails, and the client says why"({ open, official }) {
    const { run } = await open();
    const errors = await run(async ({ kit }) => {
      const socket = interop.open("/", { reconnection: true, reconnectionDelay: 5, reconnectionDelayMax: 5 });
      const errors = [];
      socket.on("connect_error", ({ message, code, hint }) => errors.push({ message, code, hint }));
      await kit.until(() => errors.length === 3, "three errors");
      socket.disconnect();
      return errors;
    });
    for (const { code, hint } of official ? [] : errors) {
      assert.equal(code, "session_unknown");
      assert.match(hint, /sticky/);
      assert.match(hint, /websocket/);
    }
  },
};

const streaming = {
  async "WebSocket-first connects every time, to both servers"({ open }) {
    const { run } = await open();
    const names = await run(async (_, crowd) => {
      const names = [];
      for (let i = 0; i < crowd; i++) {
        const socket = await interop.connect();
        names.push(await interop.ask(socket, "where", null));
        socket.disconnect();
      }
      return names;
    }, crowd);
    assert.deepEqual([...new Set(names)].sort(), ["a", "b"]);
  },
};

/** The rows of the table, and what is checked in each cell. */
const rows = [
  { title: "sticky by a parameter of the query", how: "query", checks: () => sticky },
  { title: "sticky by a cookie", how: "cookie", checks: () => sticky },
  { title: "sticky by a parameter, and recovery through Redis streams", how: "query", streams: true, checks: () => recovering },
  { title: "not sticky", how: "none", checks: (transport) => (transport === "websocket" ? streaming : spreading) },
];

await runAsScript(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: { client: { type: "string", default: "ours" } } });
  const official = values.client === "official";
  if (official) process.env.CLIENT = "official";
  await setup("cluster");
  const stops = [];
  const keep = (started) => (stops.push(started), started);
  const failures = [];
  const lines = [`| ${new Date().toISOString().slice(0, 10)} | ${transports.join(" | ")} |`, `|---|${transports.map(() => "---:|").join("")}`];
  try {
    const redis = keep(await startRedis());
    const start = async (more) => {
      const node = async (name) => keep(await startProgram([program[0], [...program[1], name]], { REDIS_PORT: String(redis.port), ...more }));
      const nodes = { a: await node("a"), b: await node("b") };
      return { nodes, nginx: keep(await startNginx({ a: nodes.a.port, b: nodes.b.port })) };
    };
    const [plain, recovery] = [await start(), await start({ STREAMS: "1" })];
    const stage = await openStage();
    stops.push({ stop: stage.close });
    for (const { title, how, streams, checks } of rows) {
      const { nodes, nginx } = streams ? recovery : plain;
      const cells = [];
      for (const transport of transports) {
        let passed = 0;
        const wanted = Object.entries(checks(transport));
        for (const [name, check] of wanted) {
          const tabs = [];
          const open = async () => {
            const tab = await stage.open();
            tabs.push(tab);
            await tab.run(prepare, nginx[how], transport);
            return tab;
          };
          try {
            await within(check({ open, how, nodes, official }));
            for (const tab of tabs) await tab.check([stage.networkNoise]);
            passed += 1;
          } catch (error) {
            failures.push(`FAILED ${title}, ${transport}: ${name}\n    ${firstLines(error)}`);
          } finally {
            for (const tab of tabs) await tab.close();
          }
        }
        cells.push(`${passed}/${wanted.length}`);
        console.error(`${title}, ${transport}: ${cells.at(-1)}`);
      }
      lines.push(`| ${title} | ${cells.join(" | ")} |`);
    }
  } finally {
    for (const { stop } of stops.reverse()) await stop();
  }
  console.log(`\n${lines.join("\n")}\n`);
  for (const failure of failures) console.log(failure);
  if (failures.length > 0) process.exitCode = 1;
});
