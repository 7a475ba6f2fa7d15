/** What stands under the pointer: what it means, the value it resolves to, and the figures of what it describes. */
import type { Analysis } from "../model/analysis.ts";
import { evaluate } from "../model/evaluate.ts";
import { isExpression } from "../model/fields.ts";
import { quantityText } from "../model/quantity.ts";
import type { ScopeKind } from "../model/scopes.ts";
import type { Backend } from "../model/policy.ts";
import type { Option, StatementSpec, Element } from "../syntax/spec.ts";
import type { Expression, Field, Statement, Value } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { touches } from "../text/range.ts";
import { backendFigures } from "./backend-figures.ts";
import { memberFormulas, neededFormulas, poolFormulas } from "./formulas.ts";
import { code, escapeMarkdown, paragraphs } from "./markdown.ts";
import type { RunFigures } from "./run-figures.ts";
import { runText } from "./run-figures.ts";
import { pathTo } from "./tree-walk.ts";

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

/** `runs` are the simulations that are known of the same text. */
export function hover(analysis: Analysis, offset: number, runs: (backend: string) => RunFigures | undefined = () => undefined): Hover | undefined {
  const found = staticHover(analysis, offset);
  const path = pathTo(analysis.tree.declarations, offset);
  const isOfPool = path.length === 1 ? path[0]?.spec.keyword === "backend" : path.length === 2 && path[1]?.spec.keyword === "scale";
  const backend = found === undefined || !isOfPool ? undefined : backendOf(analysis, path);
  const run = backend === undefined ? undefined : runs(backend.name);
  return found === undefined || run === undefined ? found : { ...found, markdown: paragraphs(found.markdown, runText(run)) };
}

function staticHover(analysis: Analysis, offset: number): Hover | undefined {
  const path = pathTo(analysis.tree.declarations, offset);
  const statement = path.at(-1);
  if (statement === undefined) return undefined;
  if (touches(statement.keyword, offset) && statement.spec.lead === undefined) return { range: statement.keyword, markdown: statementText(analysis, path) };
  const name = nameOf(statement);
  if (name !== undefined && touches(name.range, offset)) return { range: name.range, markdown: statementText(analysis, path) };
  for (const field of statement.fields) {
    const found = fieldHover(analysis, path, field, offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A statement: its own documentation, what the construct means, its figures. */
function statementText(analysis: Analysis, path: readonly Statement[]): string {
  const statement = path.at(-1);
  if (statement === undefined) return "";
  const name = nameOf(statement);
  const title = `${code(name === undefined ? statement.spec.keyword : `${statement.spec.keyword} ${name.name}`)}`;
  return paragraphs(
    title,
    statement.documentation === undefined ? undefined : escapeMarkdown(statement.documentation),
    meaning(statement.spec),
    figuresText(analysis, path),
  );
}

function meaning(spec: StatementSpec | Option): string {
  return spec.default === undefined ? spec.doc : `${spec.doc} Default: ${code(spec.default)}.`;
}

/** The figures of the backend that the statement belongs to or describes a part of. */
function figuresText(analysis: Analysis, path: readonly Statement[]): string | undefined {
  const statement = path.at(-1);
  const backend = backendOf(analysis, path);
  if (statement === undefined || backend === undefined) return undefined;
  switch (statement.spec.keyword) {
    case "backend": case "demand": case "balance": return path.length <= 2 ? poolFormulas(backend) : undefined;
    case "server": {
      const server = backend.servers.find((each) => each.origin.range.start === statement.range.start && each.origin.file === analysis.source.file);
      const state = backendFigures(backend).state.members.find((member) => member.name === server?.name);
      return server === undefined || state === undefined ? undefined : memberFormulas(backend, server, state);
    }
    case "replica": {
      const [state] = backendFigures(backend).state.members;
      return backend.replica === undefined || state === undefined ? undefined : memberFormulas(backend, backend.replica, state);
    }
    case "scale": {
      const { needed } = backendFigures(backend);
      return needed === undefined ? undefined : neededFormulas(backend, needed);
    }
    default: return undefined;
  }
}

function backendOf(analysis: Analysis, path: readonly Statement[]): Backend | undefined {
  const [declaration] = path;
  if (declaration?.spec.keyword !== "backend") return undefined;
  return analysis.policy.backends.find((backend) => backend.origin.file === analysis.source.file && backend.origin.range.start === declaration.range.start);
}

function fieldHover(analysis: Analysis, path: readonly Statement[], field: Field, offset: number): Hover | undefined {
  const statement = path.at(-1);
  if (statement === undefined) return undefined;
  if (field.word !== undefined && touches(field.word, offset)) {
    const word = analysis.source.text.slice(field.word.start, field.word.end);
    const option = optionOf(statement.spec.elements, word);
    return { range: field.word, markdown: paragraphs(code(word), option === undefined ? statement.spec.doc : meaning(option), influenced(analysis, path)) };
  }
  return field.value === undefined ? undefined : valueHover(analysis, path, field, field.value, offset);
}

function valueHover(analysis: Analysis, path: readonly Statement[], field: Field, value: Value, offset: number): Hover | undefined {
  if (!touches(value.range, offset)) return undefined;
  switch (value.type) {
    case "list": return first(value.items, (item) => valueHover(analysis, path, field, item, offset));
    case "group": return first(value.fields, (inner) => fieldHover(analysis, path, inner, offset));
    case "range": return first(value.high === undefined ? [value.low] : [value.low, value.high], (end) => valueHover(analysis, path, field, end, offset));
    case "curve": return first(value.points.flatMap((point) => (point.at === undefined ? [point.seconds] : [point.seconds, point.at])), (part) => valueHover(analysis, path, field, part, offset));
    case "string": case "atom": case "named-metric": case "offset": return undefined;
    default: return expressionHover(analysis, path, field, value, offset);
  }
}

function expressionHover(analysis: Analysis, path: readonly Statement[], field: Field, expression: Expression, offset: number): Hover | undefined {
  if (expression.type === "name") {
    const kinds = referenceKinds(field);
    for (const kind of kinds) {
      const markdown = declarationText(analysis, kind, expression.name);
      if (markdown !== undefined) return { range: expression.range, markdown: kind === "traffic" && path.at(-1)?.spec.keyword === "demand" ? paragraphs(markdown, figuresText(analysis, path)) : markdown };
    }
    return undefined;
  }
  const inner = expression.type === "binary" ? [expression.left, expression.right] : expression.type === "call" ? expression.arguments : expression.type === "parenthesized" ? [expression.inner] : [];
  const nested = first(inner, (part) => (part.type === "name" && touches(part.range, offset) ? expressionHover(analysis, path, field, part, offset) : undefined));
  return nested ?? resolvedHover(analysis, expression) ?? partHover(analysis, path, field, expression.range);
}

/** What a value is for: the documentation of its option, else of its statement. */
function partHover(analysis: Analysis, path: readonly Statement[], field: Field, range: Range): Hover | undefined {
  const spec = path.at(-1)?.spec;
  if (spec === undefined) return undefined;
  const option = optionOf(spec.elements, field.label);
  return { range, markdown: paragraphs(code(option?.keyword ?? spec.keyword), meaning(option ?? spec), influenced(analysis, path)) };
}

/** The figures that an option of a member, or of its pool's size, goes into. */
function influenced(analysis: Analysis, path: readonly Statement[]): string | undefined {
  const keyword = path.at(-1)?.spec.keyword;
  return keyword === "server" || keyword === "replica" || keyword === "scale" ? figuresText(analysis, path) : undefined;
}

/** The value of an expression, in the unit that people write; nothing where it stands there already. */
function resolvedHover(analysis: Analysis, expression: Expression): Hover | undefined {
  const anyParam = [...analysis.scopes.param.byName.values()][0];
  const params = anyParam?.context.params ?? { find: () => undefined, has: () => false, names: () => [] };
  const quantity = isExpression(expression) ? evaluate({ file: analysis.source.file, params, found: [] }, expression) : undefined;
  if (quantity === undefined || !Number.isFinite(quantity.value)) return undefined;
  const written = analysis.source.text.slice(expression.range.start, expression.range.end);
  if (written === quantityText(quantity)) return undefined;
  return { range: expression.range, markdown: `${code(written)} = **${escapeMarkdown(quantityText(quantity))}**` };
}

/** A declaration as it is used: its documentation and its text. */
function declarationText(analysis: Analysis, kind: ScopeKind, name: string): string | undefined {
  const declared = analysis.scopes[kind].byName.get(name);
  if (declared === undefined) return undefined;
  const { statement, context } = declared;
  const resolved = kind === "param" ? context.params.find(name) : undefined;
  const value = resolved?.kind === "quantity" ? `= **${escapeMarkdown(quantityText(resolved.quantity))}**` : resolved?.kind === "text" ? `= ${code(resolved.text)}` : undefined;
  const text = analysis.sources.get(context.file)?.source.text.slice(statement.range.start, statement.range.end);
  return paragraphs(
    `${code(`${kind} ${name}`)}${value === undefined ? "" : ` ${value}`}`,
    statement.documentation === undefined ? undefined : escapeMarkdown(statement.documentation),
    kind === "param" || text === undefined ? undefined : codeBlock(text),
  );
}

const maxLines = 16;

/** Of a long declaration the beginning. */
function codeBlock(text: string): string {
  const lines = text.split(/\r\n|\r|\n/u);
  const shown = lines.length > maxLines ? [...lines.slice(0, maxLines), "…"] : lines;
  const longest = Math.max(2, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}lbpolicy\n${shown.join("\n")}\n${fence}`;
}

/** What a name in this field may be, the likeliest first. */
function referenceKinds(field: Field): readonly ScopeKind[] {
  const { element } = field;
  if (element === undefined) return ["param"];
  if (element.kind === "demand") return ["traffic", "param"];
  if (element.kind === "metric" || element.kind === "metric-expression") return ["metric", "param"];
  if (element.kind !== "reference" || element.refersTo === undefined || element.refersTo === "server") return ["param"];
  return [element.refersTo, "param"];
}

function optionOf(elements: readonly Element[], word: string): Option | undefined {
  return first(elements, (element) => {
    switch (element.type) {
      case "options": return element.options.find((option) => option.keyword === word) ?? first(element.options, (option) => optionOf(option.elements, word));
      case "optional": return optionOf(element.elements, word);
      case "choice": return first(element.alternatives, (alternative) => optionOf(alternative, word));
      case "list": return optionOf(element.item, word);
      default: return undefined;
    }
  });
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
