// Several namespaces on one connection to servers 1.x and 2.x, which connect the root by themselves, and once only.
import assert from "node:assert/strict";
import { startOld } from "../servers/old.mjs";
import { networkNoise, stage } from "./harness.mjs";

const { test } = stage();
const allow = [networkNoise];
const ours = "the official client speaks to 3.x and 4.x only";

for (const generation of [1, 2]) {
  for (const transport of ["polling", "websocket"]) {
    const where = `${generation}.x over ${transport}`;

    test(`${where}: a root that either side has ended comes back beside another namespace, with what the server says first`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      let count = 0;
      server.io.on("connection", (socket) => socket.emit("welcome", ++count));
      const seen = await run(
        async ({ io, kit }, url, transport) => {
          const other = await kit.connected(io(`${url}/chat`, { transports: [transport] }));
          const root = io(url, { transports: [transport] });
          const welcomes = kit.collect(root, "welcome", 2);
          const reasons = [];
          root.on("disconnect", (reason) => reasons.push(reason));
          await kit.connected(root);
          const left = kit.once(root, "disconnect");
          root.emit("leave");
          await left;
          await kit.connected(root.connect());
          const answer = await new Promise((resolve) => root.emit("echo", "one", resolve));
          root.disconnect();
          await kit.connected(root.connect());
          const second = await new Promise((resolve) => root.emit("echo", "two", resolve));
          return { welcomes: (await welcomes).flat(), reasons, answers: [answer, second], shared: other.io === root.io && other.connected };
        },
        server.url,
        transport,
      );
      assert.deepEqual(seen, {
        welcomes: [count - 1, count],
        reasons: ["io server disconnect", "io client disconnect"],
        answers: ["one", "two"],
        shared: true,
      });
    }, { ours, allow });

    test(`${where}: who joins a connection hears what becomes of it`, async ({ run, start }) => {
      const server = await start(startOld(generation));
      const heard = await run(
        async ({ io, kit }, url, transport) => {
          await kit.connected(io(`${url}/chat`, { transports: [transport] }));
          const root = io(url, { transports: [transport] });
          const admin = io(`${url}/admin`, { transports: [transport], auth: { token: "good" } });
          const [, [error]] = await Promise.all([kit.once(root, "connect"), kit.once(admin, "connect_error")]);
          return error.code;
        },
        server.url,
        transport,
      );
      assert.equal(heard, "auth_impossible");
    }, { ours, allow });
  }
}
