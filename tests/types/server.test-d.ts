// The companion, beside a server with and without types of its own.
import { Server } from "socket.io";
import type { DefaultEventsMap } from "socket.io";
import { install, restoreHeaders } from "socketio-wasm/server";
import type { InstallOptions, Renewal, RestoredData, RestoredHeader, RestoreOptions } from "socketio-wasm/server";

const options: RestoreOptions = { allow: ["authorization"] };

const plain = new Server();
install(plain, options);
plain.use(restoreHeaders(options));
plain.of("/admin").use(restoreHeaders({ allow: ["authorization", "x-tenant"] as const }));

interface ClientToServer {
  say: (text: string) => void;
}
const typed = new Server<ClientToServer, DefaultEventsMap, DefaultEventsMap, { user: string } & RestoredData>();
install(typed, options);
typed.use(restoreHeaders(options)).on("connection", (socket) => {
  const restored: RestoredHeader[] | undefined = socket.data.restoredHeaders;
  console.log(restored?.map(({ name, from }) => [name.length, from === "payload"]));
});

// @ts-expect-error there is no default: what may be restored is the server's decision
install(plain);
// @ts-expect-error
install(plain, {});
// @ts-expect-error
restoreHeaders({ allow: "authorization" });
// @ts-expect-error
restoreHeaders();

// Re-authentication and expiry, with the types of the server's sockets.
install(typed, {
  ...options,
  reauth: {
    event: "renew",
    verify: async (handshake, socket) => {
      const token: unknown = handshake.auth["token"];
      const authorization: string | undefined = handshake.headers.authorization;
      const user: string | undefined = socket.data.user;
      if (token === undefined || authorization !== user) throw new Error("refused");
      return { expiresAt: Date.now() };
    },
  },
  expiry: (socket) => socket.data.expiresAt,
  leeway: 1000,
});
const renewal: Renewal = { expiresAt: new Date() };
const whole: InstallOptions = { ...options, expiry: true, reauth: { verify: () => {} } };
install(plain, whole);
install(typed, whole);
install(plain, { ...options, reauth: { verify: (_handshake, socket) => (socket.connected ? renewal : undefined) } });
install(plain, { ...options, expiry: () => undefined, leeway: undefined });

// @ts-expect-error a verifier refuses by throwing
install(plain, { ...options, reauth: { verify: () => false } });
// @ts-expect-error
install(plain, { ...options, reauth: {} });
// @ts-expect-error
install(plain, { ...options, expiry: 5000 });
// @ts-expect-error
install(plain, { ...options, leeway: "5s" });
