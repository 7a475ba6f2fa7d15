/** Walks over the syntax tree that several features share. */
import type { Field, Statement, Value } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";

/** The statements around a place, the outermost first. Of two that touch it the earlier counts, unless only the later begins there. */
export function pathTo(statements: readonly Statement[], offset: number): readonly Statement[] {
  const index = lastStartingAt(statements, offset);
  const candidates = [statements[index - 1], statements[index]];
  const found = candidates.find((each) => each !== undefined && each.range.start <= offset && offset < each.range.end) ?? candidates.find((each) => each !== undefined && each.range.end === offset);
  if (found === undefined) return [];
  return [found, ...(found.block === undefined || offset < found.block.range.start ? [] : pathTo(found.block.statements, offset))];
}

/** Index of the last statement that starts at or before an offset, -1 where there is none. */
function lastStartingAt(statements: readonly Statement[], offset: number): number {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.range.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Every statement, each before those inside it; `path` ends with the statement itself. */
export function eachStatement(statements: readonly Statement[], visit: (statement: Statement, path: readonly Statement[]) => void, outer: readonly Statement[] = []): void {
  for (const statement of statements) {
    const path = [...outer, statement];
    visit(statement, path);
    if (statement.block !== undefined) eachStatement(statement.block.statements, visit, path);
  }
}

/** Every value of some fields with the field it belongs to, each before its parts; groups and lists are passed through. */
export function eachValue(fields: readonly Field[], visit: (value: Value, field: Field) => void): void {
  for (const field of fields) if (field.value !== undefined) visitValue(field.value, field, visit);
}

function visitValue(value: Value, field: Field, visit: (value: Value, field: Field) => void): void {
  visit(value, field);
  if (value.type === "group") eachValue(value.fields, visit);
  else for (const part of partsOf(value)) visitValue(part, field, visit);
}

/** The values directly inside a value; a group's fields are not values. */
export function partsOf(value: Value): readonly Value[] {
  switch (value.type) {
    case "list": return value.items;
    case "binary": return [value.left, value.right];
    case "call": return value.arguments;
    case "parenthesized": return [value.inner];
    case "range": return value.high === undefined ? [value.low] : [value.low, value.high];
    case "curve": return value.points.flatMap((point) => (point.at === undefined ? [point.seconds] : [point.seconds, point.at]));
    case "offset": return [value.after];
    case "named-metric": return [value.name];
    default: return [];
  }
}

/** All fields, those of groups included. */
export function allFields(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => {
    const { value } = field;
    const groups = value?.type === "group" ? [value] : value?.type === "list" ? value.items.filter((item) => item.type === "group") : [];
    return [field, ...groups.flatMap((group) => allFields(group.fields))];
  });
}

/** The line break that a text uses first. */
export function lineBreakOf(text: string): string {
  return /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
}

/** The white space with which the line of an offset begins. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartAt(text, offset)))?.[0] ?? "";
}

export function lineStartAt(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== "\n" && text[at - 1] !== "\r") at--;
  return at;
}

/** Behind the line's end. */
export function nextLineAt(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : Math.min(at + 1, text.length);
}

/** True where nothing but white space stands beside a range on its lines. */
export function standsAlone(text: string, range: Range): boolean {
  return text.slice(lineStartAt(text, range.start), range.start).trim() === "" && text.slice(range.end, nextLineAt(text, range.end)).trim() === "";
}

/** The lines of a range, to the start of the next line; the range itself where something else stands beside it. */
export function wholeLines(text: string, range: Range): Range {
  return standsAlone(text, range) ? { start: lineStartAt(text, range.start), end: nextLineAt(text, range.end) } : range;
}
