// The module in two: the first part has what most connections need. The second, what few need (`src/web/rare.rs` asks for it), is
// loaded at its first use, and shares the memory, the stack and the functions of the first.
import { Failure, output } from "../process.mjs";

/**
 * The ways into the second part, by the Rust modules that the functions are of. They are in it, with all that nobody else calls.
 * As there is no waiting in the middle of a call, whoever calls one of them has to be sure that the part is there; behind each is
 * said why. They are `#[inline(never)]`.
 */
const entries = {
  // A failure of polling is looked into once the part is there; before that, no case begins.
  "web::diagnosis": ["new", "advance", "drop", "withdraw"],
  // A session opens once the part is there.
  "web::webtransport": ["write_frame", "wanted"],
  "web::signal": ["take_piece"],
  // There is no connection before the part is there with these options: `reauth`,
  "proto::socket::renewal": ["schedule_renewal", "expire_renewal", "renew", "handle_no_renewal", "handle_renewal_ack", "resume_renewal"],
  // `authPlacement: "event"` and `headerFallback: "event"`,
  "proto::socket::sign_in": ["is_accepted", "sign_in", "handle_sign_in", "handle_no_sign_in", "handle_sign_in_end"],
  // `parser`.
  "web::encoding": ["encode"],
  // What may be the first answer of a server of Engine.IO 3 is handled once the part is there; before a connection to one that is known
  // as such it is there too.
  "proto::engine::payload": ["framing_of", "split_framed"],
  "proto::engine::generation": ["mismatch", "ping", "prolong"],
  "proto::socket::old_protocol": ["waits_for_root", "handle_root", "handle_unanswered", "refuse_waiting", "begin_old_connect", "old_id"],
};

/** The same of what JavaScript calls by these names: the app's decoder does. */
const exportedEntries = ["decoded", "garbled"];

/** What the two parts know each other by, before names are shortened. */
export const RARE = "rare";

/**
 * Takes apart a module whose functions have their mangled names. `main` is the text of the first part: it imports the entries
 * from the module `rare`, and exports what the other one calls. `rest` makes the text of that other one, once it is known how
 * the first names what it exports and imports. `late` are the exports that are in that other one.
 */
export async function split(wasm, { env }) {
  const items = await disassemble(wasm, env);
  const functions = new Map(items.filter(({ kind }) => kind === "func").map((item) => [item.name, item]));
  const isEntry = entryTest(functions);
  const follow = (from, into) => {
    const found = new Set();
    const open = [...from];
    for (let name; (name = open.pop()); ) {
      if (found.has(name) || !functions.has(name) || !into(name)) continue;
      found.add(name);
      open.push(...calledBy(functions.get(name)));
    }
    return found;
  };
  const leavesMain = (item) => item.kind === "export" && namesIn(item).some(isEntry);
  const outside = items.filter((item) => ["export", "elem", "start"].includes(item.kind) && !leavesMain(item));
  const inMain = follow(outside.flatMap(namesIn), (name) => !isEntry(name));
  const inRest = follow([...functions.keys()].filter(isEntry), (name) => !inMain.has(name));

  const body = (part) => [...part].flatMap((name) => namesIn(functions.get(name)));
  const used = new Set(body(inRest));
  const isCalled = new Set([...body(inMain), ...outside.flatMap(namesIn)]);
  const imports = items.filter(({ kind }) => kind === "import");
  const globals = items.filter(({ kind, name }) => kind === "global" && used.has(name));
  const lent = [...used].filter((name) => inMain.has(name));
  const isIndirect = [...inRest].some((name) => functions.get(name).text.includes("(call_indirect "));
  const state = items.filter(({ kind }) => kind === "table" || kind === "memory");
  const shared = [...globals, ...state.filter(({ kind }) => kind === "table" && isIndirect)];

  const main = [
    ...imports,
    ...[...inRest].filter((name) => isEntry(name) && isCalled.has(name)).map((name) => imported(RARE, name, functions.get(name))),
    ...items.filter((item) => item.kind !== "func" && item.kind !== "import" && !leavesMain(item)),
    ...shared.map(({ kind, name }) => `(export "${RARE} ${name}" (${kind} ${name}))`),
    ...lent.map((name) => `(export "${RARE} ${name}" (func ${name}))`),
    ...[...inMain].map((name) => functions.get(name)),
  ];

  /**
   * `exported` has the first part's names for what it exports, `imported` those for its imports (by module and name, `rare` among the
   * modules).
   */
  const rest = ({ exported, imported: known }) => {
    const memory = state.find(({ kind }) => kind === "memory");
    const own = imports.filter((item) => used.has(nameOf(item)));
    return text([
      ...items.filter(({ kind }) => kind === "type"),
      `(import "${MAIN}" "${exported.get("memory")}" ${memory.text.trim().replace(/ \d+\)$/, " 0)")})`,
      ...shared.map(({ kind, name, text }) => {
        const type = kind === "global" ? /^\(global \S+ (\(mut \w+\)|\w+)/.exec(text)[1] : /^\(table \S+ (.*)\)/.exec(text)[1];
        return `(import "${MAIN}" "${exported.get(`${RARE} ${name}`)}" (${kind} ${name} ${type}))`;
      }),
      ...lent.map((name) => imported(MAIN, name, functions.get(name), exported.get(`${RARE} ${name}`))),
      ...own.map(({ text }) => {
        const [, module, name] = IMPORT.exec(text);
        const short = known.get(`${module} ${name}`);
        return short ? text.replace(IMPORT, `(import "${EDGE}" "${short}"`) : text;
      }),
      ...[...inRest].filter((name) => known.has(`${RARE} ${name}`)).map((name) => `(export "${known.get(`${RARE} ${name}`)}" (func ${name}))`),
      ...items.filter(leavesMain),
      ...[...inRest].map((name) => functions.get(name)),
    ]);
  };
  return { main: text(main), rest, late: exportedEntries };
}

/** The modules that the second part imports from: what the first exports, and what that imports itself. */
export const MAIN = "a";
export const EDGE = "b";

/** What a module consists of: `{ kind, name, text }` each. */
async function disassemble(wasm, env) {
  const text = await output("wasm-dis", [wasm], { env });
  const items = text.slice(0, text.lastIndexOf(")")).split(/^ (?=\()/m).slice(1);
  return items.map((text) => {
    const [, kind, name] = /^\((\w+) ?(\$[^\s()]+)?/.exec(text);
    return { kind, name, text: text.replace(/^ ;;.*\n/gm, "") };
  });
}

const text = (items) => `(module\n${items.map((item) => item.text ?? item).join("\n")})\n`;

const IMPORT = /^\(import "([^"]*)" "([^"]*)"/;

/** Everything that an item names. */
const namesIn = ({ text }) => Array.from(text.matchAll(/\$[^\s()]+/g), ([name]) => name);

/** The functions that a function calls, or whose address it takes. */
const calledBy = ({ text }) => Array.from(text.matchAll(/\((?:call|return_call|ref\.func) (\$[^\s()]+)/g), ([, name]) => name);

const nameOf = ({ text }) => /\((?:func|global|table|memory) (\$[^\s()]+)/.exec(text)[1];

/** The import of a function, by its own name or another one. */
function imported(module, name, { text }, external = name) {
  const signature = text.slice(0, text.indexOf("\n")).match(/\((?:param|result) [^)]*\)/g) ?? [];
  return `(import "${module}" "${external}" (func ${name} ${signature.join(" ")}))`;
}

/** A test for the names of entries. */
function entryTest(functions) {
  const found = new Set(exportedEntries.map((name) => `$${name}`));
  for (const [module, names] of Object.entries(entries)) {
    const path = module.split("::").map((segment) => segment.length + segment);
    const ofModule = new RegExp(`^\\$_R(?:I|N[a-zA-Z]|[MX]|s[0-9a-zA-Z]*_)*Cs[0-9a-zA-Z]+_13socketio_wasm${path.join("")}(?!\\d+[a-z_]+\\d)`);
    for (const name of names) {
      const isIt = new RegExp(`(?<!\\d)${name.length}${name}`);
      const some = [...functions.keys()].filter((symbol) => ofModule.test(symbol) && isIt.test(symbol.replace(ofModule, "")));
      if (some.length !== 1) throw new Failure(`split.mjs: the module has ${some.length} functions ${module} ${name}. Is it #[inline(never)]?`);
      found.add(some[0]);
    }
  }
  return (name) => found.has(name);
}
