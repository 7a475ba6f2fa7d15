/** Reads what an `import` names: a regular file inside the root, reached without a symbolic link that leaves it. */
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileProblem, readTextFile } from "./text-file.ts";
import type { Unreadable } from "./text-file.ts";
import { isInside } from "./uri.ts";

export { isInside } from "./uri.ts";

export interface ImportedFile {
  /** The real path: files are the same where their real paths are. */
  readonly path: string;
  readonly text: string;
}

/** `path` is what the import says; `fromPath` the importing file; `root` an existing folder. Both absolute. */
export function readImport(path: string, fromPath: string, root: string): ImportedFile | Unreadable {
  if (path === "" || path.includes("\0")) return { problem: "is not a file name" };
  if (isAbsolute(path)) return { problem: "is absolute; an import is relative to its file" };
  const realRoot = realPathOf(root);
  if (realRoot === undefined) return { problem: `cannot be looked up: the root ${root} does not exist` };
  const target = resolve(dirname(fromPath), path);
  if (!isInside(root, target) && !isInside(realRoot, target)) return outside(root);
  let real: string;
  try {
    real = realpathSync(target);
  } catch (error) {
    return { problem: fileProblem(error) };
  }
  if (!isInside(realRoot, real)) return outside(root);
  const file = readTextFile(real, "refuse");
  return "problem" in file ? file : { path: real, text: file.text };
}

/** The real path of an existing file, or undefined. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function outside(root: string): Unreadable {
  return { problem: `lies outside the root ${root}` };
}
