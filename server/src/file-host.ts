/** Files and the clock as both threads see them. */
import type { ServerHost } from "./host.ts";
import { readImport, realPathOf } from "./import-file.ts";
import { readTextFile } from "./text-file.ts";

export type FileHost = Pick<ServerHost, "readFile" | "readImport" | "realPath" | "nowMs">;

export const fileHost: FileHost = { readFile: (path) => readTextFile(path), readImport, realPath: realPathOf, nowMs: () => performance.now() };
