/** The parity report: what each target makes of a policy, beside the others, and in words what differs. */
import { createLineMap, positionAt, targetNames } from "../../language/src/index.ts";
import type { CompileResult, Origin, ParityNote, TargetName } from "../../language/src/index.ts";
import type { Sources } from "./diagnostics-report.ts";
import { visibleText } from "./plain-text.ts";
import { table } from "./table.ts";

const titles: Readonly<Record<TargetName, string>> = { nginx: "nginx", haproxy: "HAProxy", kubernetes: "Kubernetes" };

/** How a construct that every target says alike stands in the table; no row has it in all columns. */
const same = "=";

/**
 * A row per construct that some target says otherwise, in document order, with a column per target: `=` as written, else how near the target comes;
 * `refused` where it takes the policy not at all. Then a line for each difference. One sentence where the policy means the same everywhere.
 */
export function parityTable(results: readonly CompileResult[], sources: Sources): string {
  const differences = results.flatMap(differencesOf);
  if (differences.length === 0) return "The policy means the same on its targets.\n";
  const rows = new Map<string, { readonly origin: Origin; readonly construct: string; readonly cells: Map<TargetName, string> }>();
  for (const { target, construct, fidelity, origin } of inDocumentOrder(differences, sources)) {
    const key = JSON.stringify([placeOf(origin, sources), construct]);
    const row = rows.get(key) ?? { origin, construct, cells: new Map() };
    row.cells.set(target, worst(row.cells.get(target), fidelity));
    rows.set(key, row);
  }
  const drawn = [...rows.values()].map(({ origin, construct, cells }) => [
    placeOf(origin, sources), visibleText(construct), ...targetNames.map((target) => (results.some((result) => result.target === target) ? (cells.get(target) ?? same) : "")),
  ]);
  const words = inDocumentOrder(differences, sources).map(({ target, difference, origin }) => `${placeOf(origin, sources)}: ${titles[target]}: ${visibleText(difference)}\n`);
  return `${table(["place", "construct", ...targetNames.map((target) => titles[target])], drawn, ["left", "left", "left", "left", "left"])}\n${words.join("")}`;
}

interface Difference {
  readonly target: TargetName;
  readonly construct: string;
  readonly fidelity: string;
  readonly difference: string;
  readonly origin: Origin;
}

/** The notes of a target, or why it refused. */
function differencesOf(result: CompileResult): readonly Difference[] {
  if (result.text !== "") return result.notes.map((note: ParityNote) => ({ ...note, fidelity: note.fidelity === "information" ? "note" : note.fidelity }));
  return result.diagnostics.filter((diagnostic) => diagnostic.severity === "error")
    .map((diagnostic) => ({ target: result.target, construct: diagnostic.name, fidelity: "refused", difference: diagnostic.message, origin: { file: diagnostic.file, range: diagnostic.range } }));
}

const order = ["note", "nearest", "dropped", "refused"];

function worst(one: string | undefined, other: string): string {
  return one !== undefined && order.indexOf(one) > order.indexOf(other) ? one : other;
}

function inDocumentOrder(differences: readonly Difference[], sources: Sources): readonly Difference[] {
  const files = [...sources.keys()];
  return [...differences].sort((a, b) => files.indexOf(a.origin.file) - files.indexOf(b.origin.file) || a.origin.range.start - b.origin.range.start);
}

function placeOf(origin: Origin, sources: Sources): string {
  const lines = sources.get(origin.file)?.lines ?? createLineMap("");
  return `${visibleText(origin.file)}:${positionAt(lines, origin.range.start).line + 1}`;
}
