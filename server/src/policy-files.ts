/** Finds the policies of a folder. */
import { readdirSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";

const maxFiles = 2_000;
const maxEntries = 50_000;
const maxDepth = 32;

/** Absolute paths in the order of their names. Hidden folders, node_modules and symbolic links are passed by; what cannot be read is empty. */
export function policyFilesIn(folder: string): readonly string[] {
  const found: string[] = [];
  let entries = 0;
  const visit = (path: string, depth: number): void => {
    if (depth > maxDepth || entries > maxEntries || found.length >= maxFiles) return;
    for (const entry of entriesOf(path)) {
      entries++;
      if (found.length >= maxFiles || entries > maxEntries) return;
      if (entry.isFile() && entry.name.endsWith(".lbpolicy")) found.push(join(path, entry.name));
      else if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules") visit(join(path, entry.name), depth + 1);
    }
  };
  visit(folder, 0);
  return found;
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch {
    return [];
  }
}
