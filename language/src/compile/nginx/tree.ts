/** An nginx configuration as a tree, and its text. */
import type { Origin } from "../../model/policy.ts";
import { alignColumns } from "../emit/lines.ts";
import type { OutputLine } from "../emit/lines.ts";
import { commentText } from "../emit/text-safety.ts";
import type { NginxArgument } from "./arguments.ts";
import { dollar, literal } from "./arguments.ts";

export interface Directive {
  readonly kind: "directive";
  readonly name: NginxArgument;
  readonly arguments: readonly NginxArgument[];
  readonly block?: readonly Node[];
  readonly origin: Origin | undefined;
}

/** A simple directive of a table; a column that it lacks is undefined. */
export interface Row {
  readonly name: NginxArgument;
  readonly columns: readonly (NginxArgument | undefined)[];
  readonly origin: Origin | undefined;
}

/** Simple directives whose arguments stand in columns. */
export interface Table {
  readonly kind: "table";
  readonly rows: readonly Row[];
}

export type Node = Directive | Table | { readonly kind: "comment"; readonly text: string; readonly origin: Origin | undefined } | { readonly kind: "gap" };

export const gap: Node = { kind: "gap" };

export function comment(text: string, origin?: Origin): Node {
  return { kind: "comment", text, origin };
}

/** `name arguments;` */
export function simple(name: string, parts: readonly NginxArgument[], origin?: Origin): Directive {
  return { kind: "directive", name: literal(name), arguments: parts, origin };
}

/** `name arguments { … }`. */
export function block(name: string, parts: readonly NginxArgument[], nodes: readonly Node[], origin?: Origin): Directive {
  return { kind: "directive", name: literal(name), arguments: parts, block: nodes, origin };
}

/** A row of a map, geo or split: its first word is an argument too. */
export function entry(source: NginxArgument, value: NginxArgument, origin?: Origin): Row {
  return { name: source, columns: [value], origin };
}

/** A row of directives of one name. */
export function row(name: string, columns: readonly (NginxArgument | undefined)[], origin?: Origin): Row {
  return { name: literal(name), columns, origin };
}

/** Columns that no row has are left out. */
export function table(rows: readonly Row[]): Node {
  const width = Math.max(0, ...rows.map((row) => row.columns.length));
  const used = Array.from({ length: width }, (_, column) => column).filter((column) => rows.some((row) => row.columns[column] !== undefined));
  return { kind: "table", rows: rows.map((row) => ({ ...row, columns: used.map((column) => row.columns[column]) })) };
}

/** The nodes with a gap between those that are not empty. */
export function spaced(groups: readonly (readonly Node[])[]): readonly Node[] {
  return groups.filter((group) => group.length > 0).flatMap((group, i) => (i === 0 ? group : [gap, ...group]));
}

/** Lines of a configuration, indented by four spaces a level. */
export function printNodes(nodes: readonly Node[], depth = 0): readonly OutputLine[] {
  const indent = "    ".repeat(depth);
  return nodes.flatMap((node): readonly OutputLine[] => {
    switch (node.kind) {
      case "gap":
        return [{ text: "", origin: undefined }];
      case "comment":
        return [{ text: `${indent}# ${commentText(node.text)}`.trimEnd(), origin: node.origin }];
      case "table":
        return alignColumns(node.rows.map(rowCells)).map((text, i) => ({ text: `${indent}${text};`, origin: node.rows[i]?.origin }));
      case "directive": {
        const words = cells(node).join(" ");
        if (node.block === undefined) return [{ text: `${indent}${words};`, origin: node.origin }];
        return [
          { text: `${indent}${words} {`, origin: node.origin },
          ...printNodes(node.block, depth + 1),
          { text: `${indent}}`, origin: node.origin },
        ];
      }
    }
  });
}

/** True where some argument stands for a dollar sign by way of the declared variable. */
export function usesDollar(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind === "table") return node.rows.some((row) => row.columns.some(holdsDollar));
    if (node.kind !== "directive") return false;
    return node.arguments.some(holdsDollar) || usesDollar(node.block ?? []);
  });
}

function holdsDollar(argument: NginxArgument | undefined): boolean {
  return argument?.includes(`\${${dollar}}`) ?? false;
}

function cells(directive: Directive): readonly string[] {
  return [directive.name, ...directive.arguments];
}

function rowCells(row: Row): readonly string[] {
  const all = [row.name, ...row.columns.map((column) => column ?? "")];
  while (all.at(-1) === "") all.pop();
  return all;
}
