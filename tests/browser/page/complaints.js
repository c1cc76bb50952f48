// Notes what a page prints and complains of, for browsers that do not tell their driver.
globalThis.complaints = [];

addEventListener("error", ({ error, message }) => {
  complaints.push({ kind: "uncaught", text: `${error?.message ?? message}\n${error?.stack ?? ""}` });
});
addEventListener("unhandledrejection", ({ reason }) => {
  complaints.push({ kind: "uncaught", text: `${reason?.message ?? reason}\n${reason?.stack ?? ""}` });
});

/** What JSON makes of it. */
const json = (value) => {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
};

for (const method of ["error", "warn", "log", "debug", "info"]) {
  const print = console[method];
  console[method] = (...values) => {
    complaints.push({ kind: method === "warn" ? "warning" : method, text: values.map(String).join(" "), values: values.map(json) });
    print.apply(console, values);
  };
}
