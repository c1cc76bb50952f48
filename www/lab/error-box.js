// What went wrong, as the client says it, and what to try next.
import { byId, element } from "./dom.js";

export function hideError() {
  byId("error").hidden = true;
  byId("error").replaceChildren();
}

export function showError({ message, code, hint, data, cause, description, transport, type, willRetry }) {
  const facts = {
    code,
    data: data === undefined ? undefined : JSON.stringify(data, null, 1).replace(/\s+/g, " "),
    cause,
    // Browsers say 0 where they keep it to themselves.
    status: description || undefined,
    transport,
    type,
    "will retry": willRetry ? "yes" : "no",
  };
  const list = element("dl");
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    list.append(element("div", {}, element("dt", {}, name), element("dd", { "data-fact": name }, value)));
  }
  const shown = element(
    "div",
    {},
    element("p", { class: "error-message" }, message),
    hint ? element("p", { class: "error-hint" }, ...prose(hint)) : undefined,
    list,
  );
  // One attempt after the other fails alike: that's one alert.
  if (byId("error").firstElementChild?.isEqualNode(shown)) return;
  byId("error").replaceChildren(shown);
  byId("error").hidden = false;
}

/** Text in which backticks mark code. */
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}
