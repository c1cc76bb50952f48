// The client against every server over every transport: `npm run interop`, or
//
//     node tests/interop/run.mjs [--server=sio2,oxide] [--transport=websocket] [--check=echo] [--client=official]
//
//   --check       only the checks whose names begin so
//   --client      `official`: socket.io-client 4.8 in the page; in Node for servers 1.x and 2.x those of their time. It shows
//                 that the servers are sound
//
// Prints a grid of how many checks passed, and below it what failed; exits with 1 where a check failed that was expected to
// pass. What is expected: expectations.mjs.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { Failure, runAsScript } from "../../scripts/process.mjs";
import { setup } from "../../scripts/setup.mjs";
import { checks, prepare } from "./checks.mjs";
import { absence, exemption, optionsOf, transports } from "./expectations.mjs";
import { servers, startProgram, startWebTransport } from "./servers.mjs";
import { firstLines, openStage, within } from "./stage.mjs";

/** What our client alone does. */
const ours = new Set(["credential: event"]);
const isHeader = (check) => check === "credential: header";

async function main(args) {
  const wanted = readArguments(args);
  await setup("interop");
  if (wanted.official) process.env.CLIENT = "official";
  const stage = await openStage();
  const rows = [];
  try {
    for (const name of wanted.servers) rows.push(await runServer(name, wanted, stage));
  } finally {
    await stage.close();
  }
  report(rows, wanted);
}

async function runServer(name, wanted, stage) {
  const server = { name, ...servers[name] };
  const cells = [];
  let program;
  try {
    for (const transport of wanted.transports) {
      const cell = { transport, passed: 0, failures: [], exempt: 0 };
      cells.push(cell);
      cell.absent = absence(server, transport) ?? (wanted.official ? officialLack(server, transport) : undefined);
      if (!cell.absent) {
        if (transport === "webtransport") await program?.stop();
        if (transport === "webtransport") program = await startWebTransport();
        program ??= await startProgram(server.command);
        await runCell(cell, { ...server, ...program }, wanted, stage);
      }
      if (!cell.absent) console.error(`${server.title}, ${transport}: ${show(cell)}`);
    }
    return { server, cells };
  } finally {
    await program?.stop();
  }
}

async function runCell(cell, server, wanted, stage) {
  const { transport } = cell;
  for (const [name, check] of Object.entries(checks)) {
    if (!name.startsWith(wanted.check)) continue;
    if (exemption(server, transport, name) || (wanted.official && isOurs(server, transport, name))) {
      cell.exempt += 1;
      continue;
    }
    // In a page of its own: one that fails leaves nothing behind.
    const tab = await (wanted.official && server.protocol === 4 ? inNode(server.name) : stage.open(server.hash && server.url));
    try {
      await tab.run(prepare, server.url, transport, server.hash);
      await within(check({ run: tab.run, server, transport, protocol: server.protocol, options: optionsOf(server, transport) }));
      await tab.check?.([stage.networkNoise, /^Failed to establish a connection to https/]);
      cell.passed += 1;
    } catch (error) {
      cell.failures.push({ name, message: firstLines(error) });
    } finally {
      await tab.close();
    }
  }
}

function isOurs(server, transport, check) {
  return ours.has(check) || (isHeader(check) && !["xhr", "fetch", "upgrade"].includes(transport) && server.protocol === 5);
}

/** What the official clients do not do, or do not do in Node. */
function officialLack({ protocol }, transport) {
  if (protocol === 4 && !["xhr", "websocket", "upgrade"].includes(transport)) return "not in Node";
  return transport === "webtransport" ? "not looked at" : undefined;
}

/** The official client of a server's time, in this process. */
async function inNode(name) {
  const io = createRequire(import.meta.url)(`${name}-client`);
  const kit = { ...(await import("../browser/page/kit.mjs")), transports: (transport) => officialTransports[transport] };
  // A cookie is the browser's to send.
  globalThis.document = {};
  const opened = [];
  const open = (url, { auth, withCredentials, ...options }) => {
    const headers = withCredentials && { extraHeaders: { Cookie: document.cookie.split(";")[0] } };
    const { origin, pathname } = new URL(url);
    // In CONNECT alone: servers 1.x prefer what the handshake's query has.
    const socket = auth?.token
      ? io.Manager(origin, { ...options, ...headers }).socket(pathname, { query: `token=${auth.token}` })
      : io(url, { ...options, ...headers });
    opened.push(socket);
    return socket;
  };
  const close = async () => {
    for (const socket of opened) socket.io.close();
  };
  return { run: async (fn, ...args) => fn({ io: open, kit }, ...args), close };
}

const officialTransports = { xhr: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };

// The report.

function show(cell) {
  if (cell.absent) return "–";
  const total = cell.passed + cell.failures.length;
  return cell.failures.length > 0 ? `**${cell.passed}/${total}**` : `${cell.passed}/${total}`;
}

function report(rows, wanted) {
  const { version } = process;
  const lines = [
    `| ${new Date().toISOString().slice(0, 10)}, Node ${version.slice(1)} | ${wanted.transports.join(" | ")} |`,
    `|---|${wanted.transports.map(() => "---:|").join("")}`,
    ...rows.map(({ server, cells }) => `| ${server.title} | ${cells.map(show).join(" | ")} |`),
  ];
  console.log(`\n${lines.join("\n")}\n`);
  const all = rows.flatMap(({ server, cells }) => cells.map((cell) => ({ server, ...cell })));
  for (const { server, transport, failures } of all) {
    for (const { name, message } of failures) console.log(`FAILED ${server.name}/${transport}: ${name}\n    ${message}`);
  }
  if (all.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

function readArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: "string" },
      transport: { type: "string" },
      check: { type: "string", default: "" },
      client: { type: "string", default: "ours" },
    },
  });
  const select = (what, given, known) => {
    const names = given?.split(",") ?? known;
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Failure(`No ${what} ${unknown.join(", ")}: there are ${known.join(", ")}.`);
    return names;
  };
  select("client", values.client, ["ours", "official"]);
  if (!Object.keys(checks).some((name) => name.startsWith(values.check))) {
    throw new Failure(`No check begins with "${values.check}": there are\n${Object.keys(checks).join("\n")}`);
  }
  return {
    servers: select("server", values.server, Object.keys(servers)),
    transports: select("transport", values.transport, transports),
    check: values.check,
    official: values.client === "official",
  };
}

await runAsScript(import.meta.url, main);
