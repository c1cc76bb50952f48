// Redis and nginx, for two servers that work as one.
import { onPath } from "../programs.mjs";
import { Failure } from "../process.mjs";
import { canInstall, install } from "./debian.mjs";

const programs = { "redis-server": "redis-server", nginx: "nginx" };

/** Steps that are still to do. */
export async function redisAndNginx() {
  return missing().length === 0 ? [] : [{ name: "Redis and nginx", log: "cluster", work: provide }];
}

/** The path of one of them. */
export function find(program) {
  return onPath([program], ["/usr/sbin", "/usr/local/sbin"]);
}

async function provide(log) {
  if (await canInstall()) await install(missing().map((program) => programs[program]), log);
  if (missing().length === 0) return;
  throw new Failure(`The cluster needs ${missing().join(" and ")}: install them, so that they are on the PATH.`);
}

function missing() {
  return Object.keys(programs).filter((program) => !find(program));
}
