/** Columns of neighbouring `server` lines. */
import { firstTokenAt, joint } from "./joint.ts";
import type { PolicyToken } from "./tokens.ts";
import type { Layout } from "./format.ts";
import type { Comment, Statement } from "./tree.ts";
import { nameOf } from "./tree.ts";
import { optionWords } from "./words.ts";

/** A piece of a server line that stands in a column: its word, its name, its address, one option with its values. */
interface Cell {
  /** What makes two lines' cells the same column. */
  readonly key: string;
  readonly offset: number;
  readonly width: number;
}

/** White space due before cells, by offset, where it is more than one space. */
export function alignServers({ text, tokens, comments, roles }: Layout, statements: readonly Statement[]): ReadonlyMap<number, string> {
  const gaps = new Map<number, string>();
  for (const statement of statements) {
    if (statement.block === undefined) continue;
    let run: (readonly Cell[])[] = [];
    let previous: Statement | undefined;
    for (const child of statement.block.statements) {
      const isOnItsLine = child.spec.keyword === "server" && roles.get(child.range.start)?.inline === false;
      const cells = isOnItsLine ? cellsOf(text, child, tokens, comments) : undefined;
      const between = previous === undefined ? "" : text.slice(previous.range.end, child.range.start);
      // Neighbours have neither a blank line nor a comment between them.
      const joins = cells !== undefined && /^[ \t]*(?:\r\n|\r|\n)?[ \t]*$/.test(between);
      if (!joins) {
        alignRun(run, gaps);
        run = [];
      }
      if (cells !== undefined) run.push(cells);
      previous = child;
    }
    alignRun(run, gaps);
  }
  return gaps;
}

function cellsOf(text: string, server: Statement, tokens: readonly PolicyToken[], comments: readonly Comment[]): readonly Cell[] | undefined {
  if (server.broken || /[\r\n]/.test(text.slice(server.range.start, server.range.end))) return undefined;
  if (comments.some((comment) => comment.range.start > server.range.start && comment.range.start < server.range.end)) return undefined;
  const options = new Set(optionWords(server.spec.elements));
  const words = new Set(server.fields.flatMap((field) => (field.word !== undefined && options.has(text.slice(field.word.start, field.word.end)) ? [field.word.start] : [])));
  const name = nameOf(server);
  const cells: Cell[] = [];
  let current: PolicyToken[] = [];
  const close = (): void => {
    const first = current[0];
    if (first === undefined) return;
    const isName = first.startOffset === name?.range.start;
    const key = words.has(first.startOffset) ? first.image : isName ? "name" : cells.length === 0 ? "server" : "address";
    cells.push({ key, offset: first.startOffset, width: current.reduce((sum, token, i) => sum + token.image.length + (i === 0 ? 0 : joint(current[i - 1] as PolicyToken, token).length), 0) });
  };
  for (let i = firstTokenAt(tokens, server.range.start); i < tokens.length; i++) {
    const token = tokens[i] as PolicyToken;
    if (token.startOffset >= server.range.end) break;
    if (cells.length < (name === undefined ? 1 : 2) || words.has(token.startOffset)) {
      close();
      current = [];
    }
    current.push(token);
  }
  close();
  return cells;
}

/** Pads each column over the neighbouring lines that are alike up to it. */
function alignRun(run: readonly (readonly Cell[])[], gaps: Map<number, string>): void {
  if (run.length < 2) return;
  const columns = run.reduce((most, cells) => Math.max(most, cells.length), 0);
  for (let column = 0; column + 1 < columns; column++) {
    let from = 0;
    while (from < run.length) {
      let to = from + 1;
      while (to < run.length && alike(run[from] ?? [], run[to] ?? [], column)) to++;
      const group = run.slice(from, to).filter((cells) => cells.length > column + 1);
      const width = group.reduce((most, cells) => Math.max(most, cells[column]?.width ?? 0), 0);
      for (const cells of group) {
        const next = cells[column + 1];
        const cell = cells[column];
        if (next !== undefined && cell !== undefined && group.length > 1) gaps.set(next.offset, " ".repeat(width - cell.width + 1));
      }
      from = to;
    }
  }
}

function alike(a: readonly Cell[], b: readonly Cell[], column: number): boolean {
  for (let i = 0; i <= column; i++) if (a[i]?.key !== b[i]?.key) return false;
  return true;
}
