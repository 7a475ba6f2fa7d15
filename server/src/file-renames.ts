/** Keeps imports right when files move. */
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { importEdits } from "../../language/src/index.ts";
import type { Analysis, TextEdit } from "../../language/src/index.ts";
import { pathOfUri } from "./uri.ts";

/** A file or a folder and where it goes. */
export interface FileRename {
  readonly oldUri: string;
  readonly newUri: string;
}

/** Edits of the imports in the files as they are now, by file: in those that move and in those that import what moves. */
export function renamedImports(analyses: readonly Analysis[], renames: readonly FileRename[]): ReadonlyMap<string, readonly TextEdit[]> {
  const moves = renames.flatMap(({ oldUri, newUri }) => {
    const [from, to] = [pathOfUri(oldUri), pathOfUri(newUri)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  const moved = (path: string): string => {
    for (const { from, to } of moves) {
      if (path === from) return to;
      if (path.startsWith(from.endsWith(sep) ? from : from + sep)) return to + path.slice(from.length);
    }
    return path;
  };
  const edits = new Map<string, readonly TextEdit[]>();
  for (const analysis of analyses) {
    for (const [file, { tree }] of analysis.sources) {
      const path = pathOfUri(file);
      if (path === undefined || edits.has(file)) continue;
      const found = importEdits(tree, (written) => {
        if (isAbsolute(written)) return undefined;
        const target = resolve(dirname(path), written);
        if (moved(path) === path && moved(target) === target) return undefined;
        return relative(dirname(moved(path)), moved(target)).split(sep).join("/");
      });
      if (found.length > 0) edits.set(file, found);
    }
  }
  return edits;
}
