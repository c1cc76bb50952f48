// The few lines of DOM that every part needs.

export const byId = (id) => document.getElementById(id);

/**
 * An element with properties and children: `element("button", { type: "button", "aria-label": "Remove" }, "×")`.
 * Names with a dash become attributes, `class` too; the others are properties.
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === "class" || name === "role" || name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** Tells screen readers something that sighted visitors see anyway. */
export function announce(text) {
  byId("announce").textContent = text;
}
