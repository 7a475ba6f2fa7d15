/** The parity report: what a target cannot say, and what was used instead. */
import { createLineMap, positionAt } from "../../language/src/index.ts";
import type { ParityNote } from "../../language/src/index.ts";
import type { Sources } from "./diagnostics-report.ts";
import { visibleText } from "./plain-text.ts";
import { table } from "./table.ts";

/** Rows in document order, ended by LF; one sentence where the policy means the same everywhere. */
export function parityTable(notes: readonly ParityNote[], sources: Sources): string {
  if (notes.length === 0) return "The policy means the same on its targets.\n";
  const rows = notes.map((note) => {
    const lines = sources.get(note.origin.file)?.lines ?? createLineMap("");
    const { line } = positionAt(lines, note.origin.range.start);
    return [`${visibleText(note.origin.file)}:${line + 1}`, note.target, visibleText(note.construct), note.fidelity, visibleText(note.difference)];
  });
  return table(["place", "target", "construct", "fidelity", "difference"], rows, ["left", "left", "left", "left", "left"]);
}
