// Credentials where the browser has no place for them: a session that begins on WebSocket.
import assert from "node:assert/strict";
import { stage } from "./harness.mjs";

const { test } = stage();
const ours = "it drops extraHeaders on WebSocket without a word";

/** Connects with a bearer token and a tenant; what the server saw, and the plan. */
async function connectAndAsk({ io, kit }, url, options) {
  const extraHeaders = { Authorization: "Bearer demo-valid", "X-Tenant": "acme" };
  const socket = await kit.connected(io(url, { transports: ["websocket"], extraHeaders, ...options }));
  return { who: await socket.emitWithAck("whoami"), plan: socket.io.plan };
}

/** The plan for the headers; there are entries for other credentials, such as cookies. */
const headersOf = (plan) => plan.entries.filter(({ credential }) => ["header", "bearer"].includes(credential));
const placements = (plan) => Object.fromEntries(headersOf(plan).map(({ name, placement }) => [name, placement]));
const restoredFrom = (from) => [{ name: "authorization", from }, { name: "x-tenant", from }];
const handshakes = ({ log }) => log.filter(({ method }) => method === "upgrade");

test("by default headers move to the payload, and the companion puts them back", async ({ run, serve }) => {
  const server = await serve();
  const { who, plan } = await run(connectAndAsk, server.url);
  assert.equal(who.headers.authorization, "Bearer demo-valid");
  assert.equal(who.headers["x-tenant"], "acme");
  assert.equal(who.rawHeaders.authorization, undefined);
  assert.deepEqual(who.restored, restoredFrom("payload"));
  assert.deepEqual(who.auth, {}, "the app's code sees its own auth");
  assert.equal(plan.transport, "websocket");
  assert.deepEqual(placements(plan), { Authorization: "payload", "X-Tenant": "payload" });
  assert.ok(headersOf(plan).every(({ warning }) => warning?.code === "header_moved"));
  assert.ok(handshakes(server).every(({ url }) => !url.includes("demo-valid")), "nothing secret in the URL");
}, { ours });

test("moved headers leave the app's own auth alone, in each of its forms", async ({ run, server }) => {
  const auths = await run(async ({ io, kit }, url) => {
    const forms = [{ user: "u" }, (cb) => cb({ user: "u" }), async () => ({ user: "u" })];
    const extraHeaders = { Authorization: "Bearer demo-valid" };
    return Promise.all(forms.map(async (auth) => {
      const socket = io(url, { forceNew: true, transports: ["websocket"], auth, extraHeaders });
      const { auth: seen, headers } = await (await kit.connected(socket)).emitWithAck("whoami");
      return { seen, header: headers.authorization };
    }));
  }, server.url);
  for (const auth of auths) assert.deepEqual(auth, { seen: { user: "u" }, header: "Bearer demo-valid" });
}, { ours });

test("a namespace that wants a header gets it, each over the same connection", async ({ run, server }) => {
  const seen = await run(async ({ io, kit }, url) => {
    const options = { transports: ["websocket"], extraHeaders: { Authorization: "Bearer demo-valid" } };
    const [admin, chat] = [io(`${url}/admin`, options), io(`${url}/chat`, options)];
    await Promise.all([kit.connected(admin), kit.connected(chat)]);
    const headers = await Promise.all([admin, chat].map(async (s) => (await s.emitWithAck("whoami")).headers.authorization));
    return { headers, shared: admin.io === chat.io };
  }, server.url);
  assert.deepEqual(seen, { headers: ["Bearer demo-valid", "Bearer demo-valid"], shared: true });
}, { ours });

test("headerFallback: query puts them into the URL, with a warning", async ({ run, serve }) => {
  const server = await serve();
  const { who, plan } = await run(connectAndAsk, server.url, { headerFallback: "query" });
  assert.equal(who.headers.authorization, "Bearer demo-valid");
  assert.deepEqual(who.restored, restoredFrom("query"));
  assert.deepEqual(placements(plan), { Authorization: "query", "X-Tenant": "query" });
  assert.ok(headersOf(plan).every(({ warning }) => warning?.code === "secret_in_url"));
  const { searchParams } = new URL(handshakes(server)[0].url, server.url);
  assert.equal(searchParams.get("header.authorization"), "Bearer demo-valid");
  assert.equal(searchParams.get("header.x-tenant"), "acme");
}, { ours });

for (const protocols of [undefined, ["chat.v1"]]) {
  test(`headerFallback: subprotocol offers them after ${protocols ?? "socket.io"}`, async ({ run, serve }) => {
    const server = await serve();
    const { who, plan } = await run(connectAndAsk, server.url, { headerFallback: "subprotocol", ...(protocols && { protocols }) });
    assert.equal(who.headers.authorization, "Bearer demo-valid");
    assert.equal(who.headers["x-tenant"], "acme");
    assert.deepEqual(who.restored, restoredFrom("subprotocol"));
    assert.deepEqual(placements(plan), { Authorization: "subprotocol", "X-Tenant": "subprotocol" });
    const [plain, bearer, header] = handshakes(server)[0].headers["sec-websocket-protocol"].split(/, */);
    const decode = (prefix, offered) => offered.startsWith(prefix) && Buffer.from(offered.slice(prefix.length), "base64url").toString();
    assert.equal(plain, protocols?.[0] ?? "socket.io", "the server echoes the first: it must not be the credential");
    assert.equal(decode("base64url.bearer.", bearer), "demo-valid");
    assert.match(decode("base64url.header.", header), /^x-tenant: acme$/i);
  }, { ours });
}

test("headerFallback: error sends nothing and says what the choices are", async ({ run, serve }) => {
  const server = await serve();
  const error = await run(({ io, kit }, url) => kit.failure(() => io(url, {
    transports: ["websocket"],
    extraHeaders: { Authorization: "Bearer demo-valid" },
    headerFallback: "error",
  })), server.url);
  assert.equal(error.code, "header_impossible");
  assert.match(error.message, /Authorization/i);
  assert.match(error.message, /websocket/i);
  for (const choice of ["payload", "query", "subprotocol"]) assert.match(error.message, new RegExp(choice));
  assert.doesNotMatch(JSON.stringify(error), /demo-valid/);
  assert.deepEqual(server.requests, { GET: 0, POST: 0, OPTIONS: 0, upgrade: 0 });
}, { ours });

test("headerFallback: error leaves polling alone, and its upgrade", async ({ run, server }) => {
  const who = await run(async ({ io, kit }, url) => {
    const socket = io(url, { extraHeaders: { Authorization: "Bearer demo-valid" }, headerFallback: "error" });
    await kit.upgraded(socket);
    return socket.emitWithAck("whoami");
  }, server.url);
  assert.equal(who.rawHeaders.authorization, "Bearer demo-valid");
});

test("headerFallback: drop connects without them, and the plan says so", async ({ run, server }) => {
  const { who, plan } = await run(connectAndAsk, server.url, { headerFallback: "drop" });
  assert.equal(who.headers.authorization, undefined);
  assert.deepEqual(placements(plan), { Authorization: "none", "X-Tenant": "none" });
  for (const { name, warning } of headersOf(plan)) {
    assert.equal(warning.code, "header_dropped");
    assert.match(warning.message, new RegExp(`${name}.*websocket|websocket.*${name}`, "is"));
  }
}, { ours });

test("the plan is announced before anything is sent, once per attempt", async ({ run, serve }) => {
  const server = await serve();
  const seen = await run(async ({ io, kit }, url) => {
    const extraHeaders = { Authorization: "Bearer demo-valid" };
    const socket = io(url, { autoConnect: false, reconnectionDelay: 10, transports: ["websocket"], extraHeaders });
    const before = socket.io.plan;
    const plans = [];
    socket.io.on("placement", (plan) => plans.push({ plan, engine: socket.io.engine?.readyState ?? null }));
    await kit.connected(socket.connect());
    socket.emit("kick-close");
    await kit.once(socket, "disconnect");
    await kit.connected(socket);
    return { before, plans, same: JSON.stringify(plans.at(-1).plan) === JSON.stringify(socket.io.plan) };
  }, server.url);
  assert.equal(seen.before, undefined);
  assert.equal(seen.plans.length, 2);
  assert.ok(seen.plans.every(({ engine }) => engine !== "open"));
  assert.ok(seen.same);
}, { ours });

test("the plan follows the transport: from WebSocket to polling, and from polling to WebSocket", async ({ run, server, serve }) => {
  const pollingOnly = await serve({ options: { transports: ["polling"] } });
  const seen = await run(async ({ io, kit }, url, pollingUrl) => {
    const extraHeaders = { Authorization: "Bearer demo-valid" };
    const ask = async (socket) => {
      const { rawHeaders, headers, restored } = await (await kit.connected(socket)).emitWithAck("whoami");
      return { raw: rawHeaders.authorization, header: headers.authorization, restored: restored.length, plan: socket.io.plan.transport };
    };
    // One after the other: what `rememberUpgrade` goes by is the page's, and a connection that opens on polling resets it.
    const fallsBack = await ask(io(pollingUrl, { transports: ["websocket", "polling"], tryAllTransports: true, extraHeaders }));
    const remembers = io(url, { rememberUpgrade: true, reconnectionDelay: 10, extraHeaders });
    await kit.upgraded(remembers);
    const first = await ask(remembers);
    remembers.emit("kick-cut");
    await kit.once(remembers, "disconnect");
    return [fallsBack, first, await ask(remembers)];
  }, server.url, pollingOnly.url);
  const asHeader = { raw: "Bearer demo-valid", header: "Bearer demo-valid", restored: 0, plan: "polling" };
  const moved = { raw: undefined, header: "Bearer demo-valid", restored: 1, plan: "websocket" };
  assert.deepEqual(seen, [asHeader, asHeader, moved]);
}, { ours, allow: [/^WebSocket connection to|^Failed to load resource/] });
