// Programs on the PATH.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of the first of these programs that is there; `more` are directories that may not be on the PATH. */
export function onPath(names, more = []) {
  const directories = [...(process.env.PATH ?? "").split(delimiter), ...more];
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(isExecutable);
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
