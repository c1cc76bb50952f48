// What wasm-bindgen's glue says of the module's imports and exports, as the source of a smaller one.
import { Failure } from "../process.mjs";
import { RARE } from "./split.mjs";

const bindgen = "./socketio_bg.js";

/** What the glue exports: `{ name, body }` of each function. */
export function functionsOf(glue) {
  return Array.from(glue.matchAll(/^export function ([\w$]+)\(.*\) \{\n([^]*?)\n\}$/gm), ([, name, body]) => ({ name, body }));
}

/**
 * What Rust exports, as it is: numbers go in and out. A number is a signed one, a boolean is 0 or 1. `exports` has the names and what the
 * module calls them; `late` what its second part exports, which `extend` gives their values.
 */
export function exportsOf(exports, late) {
  const bound = exports.map(([item, short]) => `${short}: ${item}`);
  return `
export let ${[...exports.map(([item]) => item), ...late].join(", ")};
let main;
export const bind = (exports) => {
  main = exports;
  ({ ${bound.join(", ")} } = exports);
};
`;
}

/** The second part: how it is added, with the imports that are its own. Where there is none, nothing is to be done. */
export function extension(isSplit, late) {
  if (!isSplit) return "export const extend = () => {};\n";
  return `
let ${RARE};
const missing = () => {
  throw new Error("${RARE}.js is not there");
};
export const extend = (bytes, own) => {
  ${RARE} = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { a: main, b: imports.a, ...own }).exports;
  ({ ${late.join(", ")} } = ${RARE});
};
`;
}

/**
 * The crate's own functions that a module imports, as they are where they take and give numbers. wasm-bindgen's glue says which
 * arguments are texts: for these `texts.js` stands between. `left` is what the module imports, and `origins` where each is from, `{ from, item }`
 * by its name there.
 */
export function importsOf(left, glue, origins) {
  const { lines, values } = sourcesOf(left.map((short) => ({ short, ...origins.get(short) })), glue);
  return `${lines.join("\n")}\nexport const imports = { a: { ${values.map(({ short, value }) => `${short}: ${value}`).join(", ")} } };\n`;
}

/** The same for a module whose names are not shortened: by the modules that these are from. `imports` are those of WebAssembly. */
export function ownImportsOf(imports, glue) {
  const wanted = imports.map(({ module, name }, index) => ({ short: String(index), from: module, item: name }));
  const { lines, values } = sourcesOf(wanted, glue);
  const modules = [...new Set(values.map(({ from }) => from))].map((module) => {
    const members = values.filter(({ from }) => from === module).map(({ item, value }) => `${JSON.stringify(item)}: ${value}`);
    return `${JSON.stringify(module)}: { ${members.join(", ")} }`;
  });
  return `${lines.join("\n")}\nexport const imports = { ${modules.join(", ")} };\n`;
}

/** The lines that import what is wanted, and the source of each. */
function sourcesOf(wanted, glue) {
  const sources = new Map(Array.from(glue.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)).flatMap(([, items, from]) => items.split(", ").map((item) => [item, from])));
  const functions = new Map(functionsOf(glue).map(({ name, body }) => [name, body]));
  const lines = ['import { withTexts } from "#texts";'];
  const values = wanted.map((one) => {
    const { short, from, item } = one;
    if (from === RARE) return { ...one, value: `(...args) => (${RARE} ?? missing()).${short}(...args)` };
    const own = from === bindgen ? callOf(functions.get(item)) : { called: item, wrap: (call) => call };
    if (!own) throw new Failure(`The glue of ${item} is unknown:\n${functions.get(item)}`);
    const origin = from === bindgen ? sources.get(own.called) : from;
    if (origin) lines.push(`import { ${own.called} as i_${short} } from "${origin}";`);
    return { ...one, value: own.wrap(`i_${short}`) };
  });
  return { lines, values };
}

/** Which function a function of the glue calls, and how what Rust gives becomes its arguments. */
function callOf(body) {
  // Nothing but numbers: the browser's own, which tests replace.
  const plain = /^ *const ret = (\w+\.\w+\(\));\s+return ret;$/.exec(body);
  if (plain) return { wrap: () => `() => ${plain[1]}` };
  const thrown = /^ *throw new Error\(getStringFromWasm0\(arg0, arg1\)\);$/.test(body);
  if (thrown) return { wrap: () => "withTexts((text) => { throw new Error(text); }, 0)" };
  // Objects stay in the edge's table: none was ever given to Rust.
  if (/^ *takeObject\(arg0\);$/.test(body)) return { wrap: () => "() => {}" };
  const [, called, list] = /^ *(?:const ret = )?(\w+)\((.*)\);$/m.exec(body) ?? [];
  if (!called || body.includes("passString")) return undefined;
  const args = Array.from(list.matchAll(/(getStringFromWasm0\(arg\d+, arg\d+\))|arg\d+(?: >>> 0| !== 0)?/g));
  if (args.map(([text]) => text).join(", ") !== list) return undefined;
  const texts = args.flatMap(([, text], index) => (text ? [index] : []));
  const wrap = (call) => (texts.length > 0 ? `withTexts(${[call, ...texts].join(", ")})` : call);
  return { called, wrap };
}
