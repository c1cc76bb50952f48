// Rows of name and value, as for headers and query parameters. Values are secrets until their owner says otherwise.
import { announce, element } from "./dom.js";

/** From this length on, showing the last four characters gives little away. */
const LONG = 12;

export class Rows {
  #list;
  #what;
  #names;
  #onChange;

  /**
   * @param {HTMLElement} list Where the rows go.
   * @param {HTMLButtonElement} add The button that adds one.
   * @param {string} what What a row is, for labels: "header".
   * @param {string} names The placeholder of the name.
   * @param {() => void} onChange Called after every change by the visitor.
   */
  constructor(list, add, what, names, onChange) {
    this.#list = list;
    this.#what = what;
    this.#names = names;
    this.#onChange = onChange;
    add.addEventListener("click", () => {
      this.#add().querySelector("input").focus();
      onChange();
    });
    // Where the focus goes when the last row is removed.
    this.addButton = add;
  }

  /** The filled-in rows as `[name, value]`; a row without a name doesn't count. */
  get entries() {
    return this.#rows().map(({ name, value }) => [name, value]).filter(([name]) => name !== "");
  }

  /** The first thing that is wrong, and the field to put it right; empty where nothing is. */
  get mistake() {
    const taken = new Set();
    for (const { name, value, field } of this.#rows()) {
      if (name === "" && value !== "") return { problem: `A ${this.#what} has a value but no name.`, field };
      const same = this.#what === "header" ? name.toLowerCase() : name;
      if (name !== "" && taken.has(same)) return { problem: `There are two of ${name}: only one can be sent.`, field };
      taken.add(same);
    }
    return {};
  }

  set entries(entries) {
    this.#list.replaceChildren();
    for (const [name, value] of entries) this.#add(name, value);
  }

  #rows() {
    return [...this.#list.children].map((row) => {
      const [field, { value }] = row.querySelectorAll("input");
      return { field, name: field.value.trim(), value };
    });
  }

  #add(name = "", value = "") {
    const what = this.#what;
    const nameField = element("input", {
      type: "text",
      value: name,
      placeholder: this.#names,
      spellcheck: false,
      autocapitalize: "off",
      "aria-label": `Name of the ${what}`,
    });
    const valueField = element("input", {
      type: "password",
      value,
      placeholder: "Value",
      autocomplete: "off",
      spellcheck: false,
      "aria-label": `Value of the ${what}`,
    });
    const ending = element("span", { class: "ending", "aria-hidden": "true" });
    const reveal = element("button", { type: "button", class: "quiet small" }, "Show");
    const remove = element("button", { type: "button", class: "quiet small remove" }, "Remove");
    const row = element(
      "div",
      { class: "row", role: "group", "aria-label": what },
      nameField,
      remove,
      element("span", { class: "secret" }, valueField, ending),
      reveal,
    );

    const show = () => {
      const revealed = valueField.type === "text";
      const { value } = valueField;
      ending.textContent = !revealed && value.length >= LONG ? `…${value.slice(-4)}` : "";
      reveal.textContent = revealed ? "Hide" : "Show";
      const called = nameField.value.trim() || what;
      reveal.setAttribute("aria-label", `${reveal.textContent} the value of ${called}`);
      remove.setAttribute("aria-label", `Remove ${called}`);
    };
    row.addEventListener("input", () => {
      show();
      this.#onChange();
    });
    reveal.addEventListener("click", () => {
      valueField.type = valueField.type === "password" ? "text" : "password";
      show();
    });
    remove.addEventListener("click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (next?.querySelector("input") ?? this.addButton).focus();
      announce(`${what} removed`);
      this.#onChange();
    });

    show();
    this.#list.append(row);
    return row;
  }
}
