// Ports for servers that are to come back where they were.
import { once } from "node:events";
import { createServer } from "node:net";

/** Those that the system gives to nobody on its own: while such a server is away, its port stays free. */
const [first, count] = [20_000, 10_000];

/** One on which nothing listens. */
export async function stablePort(host = "127.0.0.1") {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const probe = createServer();
    try {
      await once(probe.listen(port, host), "listening");
    } catch (error) {
      if (error.code === "EADDRINUSE") continue;
      throw error;
    }
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
