/** Reads imports from the disk: regular files inside the root, each known under one name. */
import type { ImportHost } from "../../language/src/index.ts";
import { readImport, realPathOf } from "../../server/src/import-file.ts";
import { shownName } from "./file-names.ts";

export interface ImportHostOptions {
  /** Absolute; nothing outside it is read. */
  readonly root: string;
  /** The working directory, to which names are relative. */
  readonly folder: string;
  /** The policy that is analysed: an import of it by another way is the same file. */
  readonly entry: { readonly name: string; readonly path: string };
}

export function createImportHost(options: ImportHostOptions): ImportHost {
  const entryPath = realPathOf(options.entry.path) ?? options.entry.path;
  const pathOfName = new Map([[options.entry.name, entryPath]]);
  const nameOfPath = new Map([[entryPath, options.entry.name]]);
  const folder = realPathOf(options.folder) ?? options.folder;
  return {
    resolve(path, fromFile) {
      const fromPath = pathOfName.get(fromFile);
      if (fromPath === undefined) return { problem: "cannot be looked up: the importing file is not known" };
      const file = readImport(path, fromPath, options.root);
      if ("problem" in file) return file;
      const name = nameOfPath.get(file.path) ?? shownName(file.path, folder);
      nameOfPath.set(file.path, name);
      pathOfName.set(name, file.path);
      return { file: name, text: file.text };
    },
  };
}
