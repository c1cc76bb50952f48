// @ts-check
/**
 * The parts that few connections need. An entry brings them along, or says how each is loaded when it is needed first: then
 * they are files of their own.
 */

/**
 * @typedef {object} Parts
 * @property {typeof import("../web/webtransport.js")} webtransport
 * @property {typeof import("../web/jsonp.js")} jsonp
 * @property {typeof import("../web/diagnosis.js")} diagnosis
 * @property {typeof import("./trace.js")} trace
 * @property {typeof import("./rare.js")} rare
 */

/** What an entry brings along, once the app has it. @type {Partial<Parts>} */
export const parts = {};

/** @type {{ [Name in keyof Parts]?: () => Promise<Parts[Name]> }} */
let loaders = {};

/** Has parts be loaded that no entry brings along. @param {typeof loaders} given */
export const loadWith = (given) => {
  loaders = given;
};

/** @template {keyof Parts} Name @param {Name} name @returns {Promise<any>} the part */
export const load = async (name) => parts[name] ?? loaders[name]?.();
