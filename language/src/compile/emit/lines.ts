/** Output as lines that know the policy range they come from. */
import type { Origin } from "../../model/policy.ts";
import type { CompiledFile } from "../result.ts";

export interface OutputLine {
  readonly text: string;
  readonly origin: Origin | undefined;
}

export interface LineOutput {
  readonly text: string;
  readonly lineOrigins: readonly (Origin | undefined)[];
  readonly files: readonly CompiledFile[];
}

/** LF line ends, a final LF, no blank line at the end or after another. A line without an origin of its own comes from `whole`. */
export function joinLines(lines: readonly OutputLine[], fileName: string, whole?: Origin): LineOutput {
  const kept: OutputLine[] = [];
  for (const line of lines) {
    if (line.text === "" && (kept.at(-1)?.text ?? "") === "") continue;
    kept.push(line);
  }
  while (kept.at(-1)?.text === "") kept.pop();
  const text = kept.map((line) => `${line.text}\n`).join("");
  return { text, lineOrigins: kept.map((line) => (line.text === "" ? undefined : (line.origin ?? whole))), files: [{ name: fileName, text }] };
}

/** Cells of several rows padded so that columns line up; the last cell of a row is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      if (column < row.length - 1) widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) => row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell)).join(" "));
}
