// The declarations of the package, as an app's TypeScript finds them: through node_modules and the exports map.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const theirs = join(root, "node_modules", "socket.io-client", "build", "esm", "index.js");
const strictest = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };

let app;

before(async () => {
  app = await mkdtemp(join(tmpdir(), "types-"));
  await writeFile(join(app, "package.json"), JSON.stringify({ type: "module" }));
  const modules = join(app, "node_modules");
  await mkdir(join(modules, "@types"), { recursive: true });
  await symlink(join(root, "pkg"), join(modules, "socketio-wasm"));
  await symlink(join(root, "node_modules", "socket.io"), join(modules, "socket.io"));
  await symlink(join(root, "node_modules", "@types", "node"), join(modules, "@types", "node"));
  for (const name of ["drop-in", "ours", "server"]) {
    await cp(join(root, "tests", "types", `${name}.test-d.ts`), join(app, `${name}.test-d.ts`));
  }
  await writeFile(join(app, "worker.ts"), 'import { init, io } from "socketio-wasm/init";\nawait init("/x.wasm");\nio().emit("x");\n');
});

after(() => rm(app, { recursive: true, force: true }));

/** Compiles files of the app; what the compiler complains of. */
async function complaints(files, options) {
  const project = join(app, "tsconfig.json");
  await writeFile(project, JSON.stringify({ compilerOptions: { ...strictest, target: "es2022", ...options }, files }));
  return run(process.execPath, [compiler, "--project", project], { cwd: app }).then(
    () => "",
    ({ stdout, stderr }) => stdout + stderr,
  );
}

describe("resolution", () => {
  const ways = { bundler: "esnext", node16: "node16", nodenext: "nodenext" };
  for (const [moduleResolution, module] of Object.entries(ways)) {
    test(moduleResolution, async () => {
      const files = ["drop-in.test-d.ts", "ours.test-d.ts", "server.test-d.ts"];
      const options = { module, moduleResolution, lib: ["es2022", "dom"], types: ["node"] };
      assert.equal(await complaints(files, options), "");
    });
  }
});

test("in a worker, without the DOM", async () => {
  const options = { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "webworker"], types: [] };
  assert.equal(await complaints(["worker.ts"], options), "");
});

test("the promise of timeout().emitWithAck() is of the answer; socket.io-client has it be of the error", async () => {
  const source = (type) => `
    import type { Socket } from "PACKAGE";
    declare const socket: Socket<{ add: (a: number, answer: (sum: number) => void) => void }>;
    export const answer: Promise<${type}> = socket.timeout(1000).emitWithAck("add", 1);
  `;
  await writeFile(join(app, "ours.ts"), source("number").replace("PACKAGE", "socketio-wasm"));
  await writeFile(join(app, "theirs.ts"), source("Error").replace("PACKAGE", theirs));
  const options = { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] };
  assert.equal(await complaints(["ours.ts", "theirs.ts"], options), "");
});

test("what apps do with socket.io-client compiles with its types as with ours", async () => {
  const options = { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] };
  const paths = { "socketio-wasm": [theirs.replace(/js$/, "d.ts")] };
  assert.equal(await complaints(["drop-in.test-d.ts"], { ...options, paths, exactOptionalPropertyTypes: false }), "");
});
