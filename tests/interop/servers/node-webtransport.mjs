// socket.io 4.8 over WebTransport: `PORT=… CERTIFICATE='{"cert":…,"key":…}' node servers/node-webtransport.mjs`. What it does is in
// README.md. Pages have to come from here (the option `cors` closes such sessions), so it serves that of the tests.
import { createServer } from "node:http";
import { Server } from "sio4";
import { siteHandler } from "../../browser/site.mjs";
import { sessionOf, startBridge } from "../../servers/webtransport/index.mjs";
import { serve } from "./contract.mjs";

const port = Number(process.env.PORT);
const http = createServer(siteHandler);
const io = new Server(http, { serveClient: false, transports: ["polling", "websocket", "webtransport"] });
serve(io, true);
// Rejects where a session breaks before it has begun.
const handle = (wire) => io.engine.onWebTransportSession(sessionOf(wire)).catch(() => {});

await new Promise((resolve, reject) => http.once("error", reject).listen(port, "127.0.0.1", resolve));
await bridge(100);
console.log("READY");

/** HTTP/3, on the same port. After a restart, the program before may still be leaving it. */
async function bridge(attempts) {
  try {
    await startBridge({ port, certificate: JSON.parse(process.env.CERTIFICATE), handlers: { "/socket.io/": handle } });
  } catch (error) {
    if (attempts === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await bridge(attempts - 1);
  }
}
