// One of several socket.io 4.8 servers that work as one, through Redis: `PORT=… REDIS_PORT=… node servers/cluster-node.mjs NAME`.
//
// What README.md says, and: `where (any, ack)` answers its name, `say (text)` emits `said` to every socket of every server. A cookie
// of the handshake names the server. With STREAMS=1 the adapter is that of Redis streams, sessions are recovered (by any of the
// servers), and SIGTERM stops it in good order.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "sio4";
import { serve } from "./contract.mjs";

const [name] = process.argv.slice(2);
const publisher = createClient({ socket: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) } });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer((_, response) => response.writeHead(404).end());
const adapter = process.env.STREAMS
  ? { adapter: createStreamsAdapter(publisher), connectionStateRecovery: {} }
  : { adapter: createAdapter(publisher, subscriber) };
const io = new Server(http, {
  ...adapter,
  cors: { origin: true, credentials: true },
  serveClient: false,
});
serve(io, true);
io.on("connection", (socket) => {
  socket.on("where", (_, answer) => answer(name));
  socket.on("say", (text) => io.emit("said", text));
});
io.engine.on("initial_headers", (headers) => {
  headers["set-cookie"] = `node=${name}; path=/`;
});
process.once("SIGTERM", async () => {
  await io.close();
  // What sessions need to be recovered is on its way to Redis.
  await publisher.quit();
  process.exit(0);
});
http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("READY"));
