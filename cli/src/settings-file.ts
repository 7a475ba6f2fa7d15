/** Reads the lbpolicy.json of a root. */
import { join } from "node:path";
import { readSettings, settingsFileName, unreadableSettings } from "../../language/src/index.ts";
import type { Settings } from "../../language/src/index.ts";
import { realPathOf } from "../../server/src/import-file.ts";
import { readTextFile } from "../../server/src/text-file.ts";
import { shownName } from "./file-names.ts";

/** Undefined where the root has none. `folder` is the working directory; both absolute. A file that cannot be read is a diagnostic of it. */
export function settingsOfRoot(root: string, folder: string): Settings | undefined {
  const path = join(root, settingsFileName);
  if (realPathOf(path) === undefined) return undefined;
  const name = shownName(path, realPathOf(folder) ?? folder);
  const read = readTextFile(path, "refuse");
  return "problem" in read ? unreadableSettings(name, read.problem) : readSettings({ file: name, text: read.text });
}
