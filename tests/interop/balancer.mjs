// nginx and Redis, in a folder of their own, on loopback.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, freePort, launch } from "../../scripts/process.mjs";
import { find } from "../../scripts/setup/cluster.mjs";

/** Starts Redis, which keeps nothing: `{ port, stop }`. */
export async function startRedis() {
  const port = await freePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"];
  return { port, stop: await begin(find("redis-server"), args.map(String), [port]) };
}

/**
 * Starts nginx before these servers (`{ a: port, b: port }`): `{ query, cookie, none, stop }`, the addresses where it chooses by the
 * parameter `route`, by the cookie `node`, and where it takes them in turn.
 */
export async function startNginx(ports) {
  const folder = await mkdtemp(join(tmpdir(), "socketio-wasm-nginx-"));
  const [query, cookie, none] = [await freePort(), await freePort(), await freePort()];
  await writeFile(join(folder, "nginx.conf"), configuration(ports, { query, cookie, none }));
  const end = await begin(find("nginx"), ["-p", folder, "-c", "nginx.conf", "-e", "error.log"], [query, cookie, none]);
  const stop = async () => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  const url = (port) => `http://127.0.0.1:${port}`;
  return { query: url(query), cookie: url(cookie), none: url(none), stop };
}

function configuration(ports, listens) {
  // A server that is away is asked each time: it answers at once that it is away, and the other one is asked.
  const server = (name, more = "") => `server 127.0.0.1:${ports[name]} max_fails=0${more};`;
  const listen = (port, upstream) => `
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://${upstream}; }
  }`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${name};`);
  return `
daemon off;
# One process, so that one is to be ended.
master_process off;
pid nginx.pid;
events {}
http {
  access_log off;
${temporary.join("\n")}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_buffering off;
  proxy_read_timeout 60s;

  upstream by_route { hash $arg_route consistent; ${server("a")} ${server("b")} }
  upstream in_turn { ${server("a")} ${server("b")} }
  upstream a { ${server("a")} ${server("b", " backup")} }
  upstream b { ${server("b")} ${server("a", " backup")} }
  map $cookie_node $by_cookie { default in_turn; a a; b b; }
${listen(listens.query, "by_route")}
${listen(listens.cookie, "$by_cookie")}
${listen(listens.none, "in_turn")}
}
`;
}

/** Starts a program and waits until it listens; gives what ends it. */
async function begin(command, args, ports) {
  const child = launch(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  let ended;
  const closed = new Promise((resolve) => child.once("close", (code) => resolve((ended = code ?? "a signal"))));
  child.once("error", (error) => (ended = error.message));
  const deadline = performance.now() + 20_000;
  for (const port of ports) {
    while (!(await answers(port))) {
      if (ended !== undefined || performance.now() > deadline) throw new Failure(`${command} does not listen (${ended ?? "too late"})`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return async () => {
    child.kill("SIGTERM");
    await closed;
  };
}

function answers(port) {
  return new Promise((resolve) => {
    const connection = connect(port, "127.0.0.1", () => resolve(true));
    connection.once("error", () => resolve(false)).once("connect", () => connection.destroy());
  });
}
