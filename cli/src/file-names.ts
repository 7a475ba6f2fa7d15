import { relative } from "node:path";
import { isInside } from "../../server/src/import-file.ts";

/** How a file is shown: relative to the working directory where it lies below it, else absolute. Both absolute. */
export function shownName(path: string, folder: string): string {
  return isInside(folder, path) ? relative(folder, path) : path;
}
