// How large the servers that are bundled are, minified and compressed: with every file of code that they load, and the first alone.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { servers } from "./servers.mjs";

export function bundleSizes() {
  return servers.flatMap(({ id, name, bundle = [] }) => {
    const files = bundle.filter((file) => existsSync(file));
    const sizes = (/** @type {readonly string[]} */ some) => ({
      bytes: some.reduce((sum, file) => sum + readFileSync(file).length, 0), gzipBytes: some.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0),
    });
    if (files.length === 0) return [];
    return [{ id, name, ...sizes(files) }, ...(files.length === 1 ? [] : [{ id: `${id}-first`, name: `${name}: the file that answers initialize, of it`, ...sizes(files.slice(0, 1)) }])];
  });
}
