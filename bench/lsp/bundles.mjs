// How large the servers that are one bundle are, minified and compressed.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { servers } from "./servers.mjs";

export function bundleSizes() {
  return servers.flatMap(({ id, name, files = [] }) => (files.length === 0 ? [] : [{
    id, name, bytes: files.reduce((sum, file) => sum + readFileSync(file).length, 0), gzipBytes: files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0),
  }]));
}
