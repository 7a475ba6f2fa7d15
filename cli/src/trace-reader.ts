/** Reads the traces that a policy names, as its imports are read: relative to the file that names them, inside the root. */
import { resolve } from "node:path";
import { readImport } from "../../server/src/import-file.ts";
import type { CommonOptions } from "./options.ts";
import { defaultRoot } from "./policy-files.ts";
import type { PolicyFile } from "./policy-files.ts";
import type { Terminal } from "./terminal.ts";

export function traceReader(file: PolicyFile, common: CommonOptions, terminal: Terminal): (path: string, fromFile: string) => string | undefined {
  const root = common.root ?? defaultRoot(file, terminal);
  return (path, fromFile) => {
    const read = readImport(path, resolve(terminal.folder, fromFile === "<stdin>" ? "stdin" : fromFile), root);
    return "problem" in read ? undefined : read.text;
  };
}
