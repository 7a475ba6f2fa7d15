import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A fresh folder that goes with `remove`, or at the latest with this process.
 * @param {string} purpose part of its name
 * @returns {{path: string, remove: () => void}}
 */
export function makeTemporaryFolder(purpose) {
  const path = mkdtempSync(join(tmpdir(), `lbpolicy-${purpose}-`));
  const remove = () => {
    process.off("exit", remove);
    // Children that were just killed may still be writing.
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  process.on("exit", remove);
  return { path, remove };
}
