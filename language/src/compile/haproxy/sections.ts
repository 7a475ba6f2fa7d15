/** An HAProxy configuration as sections of lines, and its text. */
import type { Origin } from "../../model/policy.ts";
import { alignColumns } from "../emit/lines.ts";
import type { OutputLine } from "../emit/lines.ts";
import { commentText } from "../emit/text-safety.ts";
import type { HaproxyWord } from "./words.ts";

export type Line =
  | { readonly kind: "line"; readonly words: readonly HaproxyWord[]; readonly origin: Origin | undefined }
  | { readonly kind: "comment"; readonly text: string; readonly origin: Origin | undefined }
  | { readonly kind: "gap" }
  /** Lines whose words stand in columns; one that a row lacks is undefined. */
  | { readonly kind: "table"; readonly rows: readonly TableRow[] };

export interface TableRow {
  readonly columns: readonly (HaproxyWord | undefined)[];
  readonly origin: Origin | undefined;
}

export interface Section {
  /** `backend shop`, `defaults`. */
  readonly title: readonly HaproxyWord[];
  readonly comment: string | undefined;
  readonly lines: readonly Line[];
  readonly origin: Origin | undefined;
}

export function line(words: readonly HaproxyWord[], origin?: Origin): Line {
  return { kind: "line", words, origin };
}

/** A table without the columns that no row has. */
export function table(rows: readonly TableRow[]): Line {
  const width = Math.max(0, ...rows.map((row) => row.columns.length));
  const used = Array.from({ length: width }, (_, column) => column).filter((column) => rows.some((row) => row.columns[column] !== undefined));
  return { kind: "table", rows: rows.map((row) => ({ columns: used.map((column) => row.columns[column]), origin: row.origin })) };
}

/** Groups of lines with a gap between those that are not empty. */
export function grouped(groups: readonly (readonly Line[])[]): readonly Line[] {
  return groups.filter((group) => group.length > 0).flatMap((group, i): readonly Line[] => (i === 0 ? group : [{ kind: "gap" }, ...group]));
}

/** Sections one after the other, their lines indented by four spaces. */
export function printSections(sections: readonly Section[]): readonly OutputLine[] {
  return sections.flatMap((section): readonly OutputLine[] => [
    { text: "", origin: undefined },
    ...(section.comment === undefined ? [] : [{ text: `# ${commentText(section.comment)}`, origin: section.origin }]),
    { text: section.title.join(" "), origin: section.origin },
    ...section.lines.flatMap(printLine),
  ]);
}

function printLine(item: Line): readonly OutputLine[] {
  switch (item.kind) {
    case "gap":
      return [{ text: "", origin: undefined }];
    case "comment":
      return [{ text: `    # ${commentText(item.text)}`, origin: item.origin }];
    case "line":
      return [{ text: `    ${item.words.join(" ")}`, origin: item.origin }];
    case "table":
      return alignColumns(item.rows.map(cells)).map((text, i) => ({ text: `    ${text}`, origin: item.rows[i]?.origin }));
  }
}

function cells(row: TableRow): readonly string[] {
  const all = row.columns.map((column): string => column ?? "");
  while (all.at(-1) === "") all.pop();
  return all;
}
