// The lab over https, for what only such a page shows. The certificate is made anew each time, so browsers ask their user.
import { createServer } from "node:https";
import { generate } from "selfsigned";

/**
 * Starts it beside the lab, with the same pages and the same Socket.IO server.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startSecure(handler, io) {
  const { private: key, cert } = await generate([{ name: "commonName", value: "Auth lab" }], {
    keySize: 2048,
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }, { type: 7, ip: "127.0.0.1" }] }],
  });
  const https = createServer({ key, cert }, handler);
  await new Promise((resolve, reject) => https.once("error", reject).listen(0, "127.0.0.1", resolve));
  io.engine.attach(https, { path: "/socket.io/" });
  const close = () => {
    https.closeAllConnections();
    return new Promise((resolve) => https.close(resolve));
  };
  return { url: `https://127.0.0.1:${https.address().port}`, close };
}
