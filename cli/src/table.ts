import { textColumns } from "./plain-text.ts";

export type Alignment = "left" | "right";

/** Columns two spaces apart, a head and a rule; each line ended by LF, no spaces at line ends. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string {
  const widths = head.map((cell, i) => Math.max(textColumns(cell), ...rows.map((row) => textColumns(row[i] ?? ""))));
  const drawRow = (cells: readonly string[]): string =>
    `${widths.map((width, i) => pad(cells[i] ?? "", width, alignments[i] ?? "left")).join("  ").trimEnd()}\n`;
  return drawRow(head) + drawRow(widths.map((width) => "─".repeat(width))) + rows.map(drawRow).join("");
}

function pad(cell: string, width: number, alignment: Alignment): string {
  const space = " ".repeat(Math.max(0, width - textColumns(cell)));
  return alignment === "right" ? space + cell : cell + space;
}
