// The companion, beside a server with and without types of its own.
import { Server } from "socket.io";
import type { DefaultEventsMap } from "socket.io";
import { install, restoreHeaders } from "socketio-wasm/server";
import type { RestoredData, RestoredHeader, RestoreOptions } from "socketio-wasm/server";

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
