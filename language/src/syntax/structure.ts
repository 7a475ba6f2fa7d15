/**
 * Cuts the tokens into declarations before the parser runs, so that damage in one cannot reach the next, and settles what a keyword can mean
 * where it stands. The rules are those of the reference, "Recovery"; the parser sees each declaration's tokens alone.
 */
import type { TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import { fileBlock } from "./constructs/index.ts";
import type { BlockSpec, Element, StatementSpec } from "./spec.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

/** One declaration's tokens, tokens that belong to none, or a declaration that nests too deeply to be parsed. */
export interface Segment {
  readonly kind: "declaration" | "stray" | "too-deep";
  readonly tokens: readonly PolicyToken[];
}

export interface Structure {
  readonly segments: readonly Segment[];
  readonly problems: readonly Diagnostic[];
}

/** Protects the parser and every walk over the tree: what nests deeper is not parsed. */
export const maxDepth = 64;

/** What is known of a block while its tokens are walked. */
interface Frame {
  readonly spec: BlockSpec | undefined;
  /** The statement that is open, as far as keywords tell. */
  statement: StatementSpec | undefined;
}

interface BlockInfo {
  /** Statements by their first word. */
  readonly statements: ReadonlyMap<string, StatementSpec>;
  /** Words inside a statement, by its first word. */
  readonly innerWords: ReadonlyMap<StatementSpec, ReadonlySet<string>>;
  /** Nested blocks by the word that the opening brace follows, directly or not. */
  readonly nested: ReadonlyMap<string, BlockSpec>;
  /** The statement that begins with a string, with a name. */
  readonly stringLead: StatementSpec | undefined;
  readonly nameLead: StatementSpec | undefined;
}

const infos = new Map<BlockSpec, BlockInfo>();

export function blockInfo(spec: BlockSpec): BlockInfo {
  let info = infos.get(spec);
  if (info === undefined) {
    const statements = new Map<string, StatementSpec>();
    const innerWords = new Map<StatementSpec, ReadonlySet<string>>();
    const nested = new Map<string, BlockSpec>();
    for (const statement of spec.statements) {
      if (statement.lead === undefined) statements.set(statement.keyword, statement);
      const inner = new Set<string>();
      collect(statement.elements, statement.keyword, inner, nested);
      innerWords.set(statement, inner);
    }
    const lead = (kind: "string" | "name"): StatementSpec | undefined => spec.statements.find((statement) => statement.lead === kind);
    info = { statements, innerWords, nested, stringLead: lead("string"), nameLead: lead("name") };
    infos.set(spec, info);
  }
  return info;
}

function collect(elements: readonly Element[], opener: string, inner: Set<string>, nested: Map<string, BlockSpec>): void {
  let last = opener;
  for (const element of elements) {
    if (element.type === "word") {
      inner.add(element.word);
      last = element.word;
    } else if (element.type === "enum") for (const word of element.words) inner.add(word);
    else if (element.type === "optional") collect(element.elements, last, inner, nested);
    else if (element.type === "choice") for (const alternative of element.alternatives) collect(alternative, last, inner, nested);
    else if (element.type === "list") collect(element.item, last, inner, nested);
    else if (element.type === "options") {
      for (const option of element.options) {
        inner.add(option.keyword);
        collect(option.elements, option.keyword, inner, nested);
      }
    } else if (element.type === "block") nested.set(last, element.block);
  }
}

const declarationWords = blockInfo(fileBlock).statements;
const environmentBlock = blockInfo(fileBlock).nested.get("environment");
const targetWords = new Set(["nginx", "haproxy", "kubernetes"]);
const equals = t.keyword("=").type;

function isName(token: PolicyToken | undefined): boolean {
  return token !== undefined && (token.tokenType === t.Name || token.tokenType === t.DayRangeToken || t.keywordText.has(token.tokenType)) && token.tokenType !== equals;
}

/** True where a declaration begins by the line-start rule: `import "`, `param NAME =`, KIND NAME `{`. */
export function beginsDeclaration(tokens: readonly PolicyToken[], index: number): boolean {
  const first = tokens[index];
  if (first === undefined || !declarationWords.has(first.image) || first.tokenType === t.StringLiteralToken) return false;
  const second = tokens[index + 1];
  const third = tokens[index + 2];
  if (first.image === "import") return second?.tokenType === t.StringLiteralToken;
  if (first.image === "param") return isName(second) && third?.tokenType === equals;
  if (first.image === "target") return second !== undefined && targetWords.has(second.image) && third?.tokenType === t.LBrace;
  return isName(second) && third?.tokenType === t.LBrace;
}

/** After these a word at the start of a line is still a name. */
function expectsMore(previous: PolicyToken | undefined): boolean {
  switch (previous?.tokenType) {
    case t.Comma: case t.LParen: case t.DotDot: case t.Plus: case t.Minus: case t.Star: case t.Slash: case t.ComparisonToken: case equals:
      return true;
    default:
      return false;
  }
}

/** Walks the tokens once. Changes `tokenType` of keywords that can only be meant as such. */
export function structureOf(file: string, tokens: readonly PolicyToken[]): Structure {
  const segments: Segment[] = [];
  const found: Diagnostic[] = [];
  /** What users of other tools write and the parser need not see. */
  const dropped = new Set<PolicyToken>();
  let frames: Frame[] = [];
  let parentheses = 0;
  let from = 0;
  let kind: Segment["kind"] = "stray";

  const cut = (to: number): void => {
    if (to > from) segments.push({ kind, tokens: dropped.size === 0 ? tokens.slice(from, to) : tokens.slice(from, to).filter((token) => !dropped.has(token)) });
    from = to;
  };
  const open = (token: PolicyToken): void => {
    if (frames.length + parentheses < maxDepth || kind === "too-deep") return;
    kind = "too-deep";
    found.push(report(problems.tooDeep, { file, range: { start: token.startOffset, end: token.endOffset + 1 } }, { what: "Blocks and parentheses nest", limit: maxDepth }));
  };

  let index = 0;
  for (; index < tokens.length; index++) {
    const token = tokens[index] as PolicyToken;
    const first = token.lineStart || frames.length === 0;
    if (first && declarationWords.has(token.image) && startsHere(tokens, index, frames, kind)) {
      cut(index);
      kind = "declaration";
      frames = [];
      parentheses = 0;
      setType(token, token.image);
      continue;
    }
    if (token.tokenType === equals && !bindsValue(tokens, index, frames, from)) {
      dropped.add(token);
      const range = { start: token.startOffset, end: token.endOffset + 1 };
      found.push(report(problems.badCharacter, { file, range }, { text: "=", advice: "a value follows its keyword directly, remove it" }, {
        fixes: [{ title: "Remove =", file, edits: [{ range, text: "" }] }],
      }));
      continue;
    }
    if (token.tokenType === t.LBrace) {
      open(token);
      frames.push({ spec: frames.length === 0 ? openedByDeclaration(tokens, from, kind) : openedInside(frames, tokens, index), statement: undefined });
      parentheses = 0;
    } else if (token.tokenType === t.RBrace) {
      parentheses = 0;
      if (frames.length === 0) {
        // A run of stray braces is one problem; what follows begins anew.
        cut(index);
        kind = "stray";
      } else {
        frames.pop();
        const outer = frames.at(-1);
        if (outer !== undefined) outer.statement = undefined;
        if (frames.length === 0) {
          cut(index + 1);
          kind = "stray";
        }
      }
    } else if (token.tokenType === t.LParen) {
      open(token);
      parentheses++;
    } else if (token.tokenType === t.RParen) {
      if (parentheses > 0) parentheses--;
    } else if (frames.length > 0) {
      const frame = frames.at(-1) as Frame;
      if (frame.spec === environmentBlock) {
        if (tokens[index + 1]?.tokenType === equals && isName(token)) setTokenType(token, t.ItemName);
      } else if (settleKeyword(token, tokens[index - 1], frame) === "begins-line") parentheses = 0;
    }
  }
  cut(index);
  return { segments, problems: found };
}

/** True for the `=` of `param NAME =`, of an environment's lines, and where an operator is due. */
function bindsValue(tokens: readonly PolicyToken[], index: number, frames: readonly Frame[], from: number): boolean {
  if (frames.length === 0) return tokens[from]?.image === "param" && index === from + 2;
  const frame = frames.at(-1);
  // In a comparison it is meant as one: the parser says which there are.
  return frame?.spec === environmentBlock || ["when", "active", "expect"].includes(frame?.statement?.keyword ?? "");
}

/**
 * At the top every KIND begins a declaration, so that a half-typed one is still told as such. Inside an open block, or behind a word that
 * wants more (`import`, `param`), only the full line-start rule does.
 */
function startsHere(tokens: readonly PolicyToken[], index: number, frames: readonly Frame[], kind: Segment["kind"]): boolean {
  const token = tokens[index] as PolicyToken;
  if (frames.length === 0) {
    const previous = tokens[index - 1];
    const headOpen = kind === "declaration" && previous !== undefined && isHeadOpen(tokens, index);
    return headOpen ? token.lineStart && beginsDeclaration(tokens, index) : true;
  }
  return token.lineStart && beginsDeclaration(tokens, index);
}

/** True directly behind a KIND, where a name is due: `backend service {` declares a backend called service. */
function isHeadOpen(tokens: readonly PolicyToken[], index: number): boolean {
  const previous = tokens[index - 1];
  if (previous === undefined || !declarationWords.has(previous.image)) return expectsMore(previous);
  const before = tokens[index - 2];
  return before === undefined || !declarationWords.has(before.image) || before.lineStart === false;
}

function openedByDeclaration(tokens: readonly PolicyToken[], from: number, kind: Segment["kind"]): BlockSpec | undefined {
  if (kind !== "declaration") return undefined;
  const word = tokens[from]?.image ?? "";
  if (word === "target") return blockInfo(fileBlock).nested.get(tokens[from + 1]?.image ?? "");
  return blockInfo(fileBlock).nested.get(word);
}

function openedInside(frames: readonly Frame[], tokens: readonly PolicyToken[], index: number): BlockSpec | undefined {
  const frame = frames.at(-1);
  if (frame?.spec === undefined) return undefined;
  const nested = blockInfo(frame.spec).nested;
  return nested.get(tokens[index - 1]?.image ?? "") ?? (frame.statement === undefined ? undefined : nested.get(frame.statement.keyword));
}

/** Tells which statement is open, and makes a word at the start of a line the keyword that it must be there. */
function settleKeyword(token: PolicyToken, previous: PolicyToken | undefined, frame: Frame): "begins-line" | undefined {
  if (frame.spec === undefined) return undefined;
  const info = blockInfo(frame.spec);
  const statement = info.statements.get(token.image);
  if (statement === undefined || token.tokenType === t.StringLiteralToken) return undefined;
  const inner = frame.statement === undefined ? undefined : info.innerWords.get(frame.statement);
  const continues = inner?.has(token.image) === true;
  if (token.lineStart && !expectsMore(previous)) {
    setType(token, token.image);
    if (!continues) frame.statement = statement;
    return "begins-line";
  }
  // On the same line the word may still be a name; it only tells which statement a following brace belongs to.
  if (previous?.tokenType === t.LBrace || !continues) frame.statement = statement;
  return undefined;
}

function setType(token: PolicyToken, image: string): void {
  const type = t.keywords.get(image)?.type;
  if (type !== undefined) setTokenType(token, type);
}

function setTokenType(token: PolicyToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx ?? 0;
}
