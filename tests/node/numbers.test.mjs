// Rust and JavaScript know many things by numbers alone, and each has a list: the same, in the same order.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as calls from "../../src/js/calls.js";
import { FALLBACKS, FLAGS, FLAGS_OF_TRANSPORT, KINDS, PLACEMENTS } from "../../src/js/settings.js";

const source = (file) => readFile(new URL(`../../src/${file}`, import.meta.url), "utf8");

/** The variants of an enum, which are numbered as they stand. */
async function variants(file, name) {
  const [, body] = new RegExp(`enum ${name} \\{\n(.*?)\n\\s*\\}`, "s").exec(await source(file));
  return Array.from(body.matchAll(/^\s*([A-Z]\w*),$/gm), ([, variant]) => variant);
}

/** Those of a list `ALL`, which numbers them. */
async function all(file, name) {
  const [, body] = new RegExp(`impl ${name} \\{.*?const ALL: [^=]*= \\[(.*?)\\];`, "s").exec(await source(file));
  return Array.from(body.matchAll(/Self::(\w+)/g), ([, variant]) => variant);
}

const lower = (names) => names.map((name) => name.toLowerCase());

test("transports", async () => {
  const kinds = await variants("proto/engine/transport.rs", "Kind");
  assert.deepEqual(lower(kinds), KINDS);
  assert.deepEqual(await all("proto/engine/transport.rs", "Kind"), kinds);
});

test("headerFallback", async () => assert.deepEqual(lower(await all("proto/auth/fallback.rs", "HeaderFallback")), FALLBACKS));

test("authPlacement", async () => assert.deepEqual(lower(await all("proto/auth/credential.rs", "AuthPlacement")), PLACEMENTS));

test("flags that options say", async () => {
  const flags = await variants("web/endpoint.rs", "Flag");
  const names = {
    upgrade: "Upgrade",
    tryAllTransports: "TryAll",
    rememberUpgrade: "RememberUpgrade",
    diagnose: "Diagnose",
    closeOnBeforeunload: "ClosesOnUnload",
    withCredentials: "WithCredentials",
    forceBase64: "Base64",
  };
  const given = `${FLAGS} ${FLAGS_OF_TRANSPORT}`.split(" ").map((name) => names[name]);
  assert.deepEqual(given, flags.slice(flags.indexOf("Upgrade"), flags.indexOf("OwnQuery")));
});

test("calls", async () => {
  const found = (await source("js/bridge.rs")).matchAll(/pub const (\w+): u32 = (\d+);/g);
  assert.deepEqual({ ...calls }, Object.fromEntries(Array.from(found, ([, name, number]) => [name, Number(number)])));
});

test("signals", async () => {
  const signals = await variants("web/signal.rs", "Signal");
  const [list] = /What {@link dispatch} tells.*?\n\n/s.exec(await source("web/edge.js"));
  const found = list.matchAll(/const ([A-Z]+) = (\d+);/g);
  assert.deepEqual(Array.from(found, ([, name, number]) => [name, Number(number)]), signals.map((name, number) => [name.toUpperCase(), number]));
});

test("what is told", async () => {
  const tales = await variants("js/tell.rs", "Tale");
  const manager = await source("js/manager.js");
  for (const [, name, number] of manager.matchAll(/^const ([A-Z_]+) = (\d+);/gm)) {
    assert.equal(tales[number].toUpperCase(), name.replaceAll("_", ""));
  }
});
