// How large the servers that are bundled are, minified and compressed.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { servers } from "./servers.mjs";

export function bundleSizes() {
  return servers.flatMap(({ id, name, bundle, beside = [] }) => {
    if (bundle === undefined) return [];
    const all = [bundle, ...beside.filter((file) => existsSync(file))];
    const sizes = (/** @type {readonly string[]} */ files) => ({
      bytes: files.reduce((sum, file) => sum + readFileSync(file).length, 0), gzipBytes: files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0),
    });
    return [{ id, name, ...sizes([bundle]) }, ...(all.length > 1 ? [{ id: `${id}-all`, name: `${name} with what it loads when needed`, ...sizes(all) }] : [])];
  });
}
