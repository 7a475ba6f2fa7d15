/** The parser's facts as diagnostics, in the words of the language. */
import type { Diagnostic, QuickFix } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import * as problems from "../diagnostics/syntax.ts";
import type { Range } from "../text/range.ts";
import { fileBlock } from "./constructs/index.ts";
import type { Headless } from "./headless.ts";
import { nearest } from "./nearest.ts";
import type { ParseProblem } from "./drafts.ts";
import { bareText, expectedFixes, removal } from "./remedies.ts";
import { isNameToken, rangeOf } from "./token-place.ts";
import type { StatementSpec } from "./spec.ts";
import { maxOperators } from "./values.ts";
import { optionWords } from "./words.ts";
import * as t from "./tokens.ts";
import type { PolicyToken } from "./tokens.ts";

export function problemsOf(file: string, text: string, facts: readonly ParseProblem[]): Diagnostic[] {
  return facts.map((fact) => problemOf(file, text, fact));
}

function problemOf(file: string, text: string, fact: ParseProblem): Diagnostic {
  switch (fact.kind) {
    case "minus":
      return report(problems.minusSpaces, { file, range: rangeOf(fact.token) }, {}, {
        fixes: [{ title: "Put spaces around -", file, edits: [{ range: widened(text, rangeOf(fact.token)), text: " - " }] }],
      });
    case "long-expression":
      return report(problems.tooDeep, { file, range: rangeOf(fact.token) }, { what: "The operators of an expression follow each other", limit: maxOperators });
    case "unclosed": {
      const range = { start: fact.end, end: fact.end };
      return report(problems.unclosedBlock, { file, range }, { subject: called(fact.statement.spec) }, {
        related: [{ location: { file, range: rangeOf(fact.open) }, message: "It begins here." }],
        fixes: [{ title: "Write }", file, edits: [{ range, text: `\n${indentationOf(text, fact.statement.range.start)}}` }] }],
      });
    }
    case "unknown-statement": return unknownStatement(file, text, fact);
    case "expected": {
      const subject = fact.option === undefined ? fact.statement.spec.subject : `\`${fact.option}\` of ${lower(fact.statement.spec.subject)}`;
      const missing = fact.found.image === "" || fact.found.lineStart || fact.found.tokenType === t.RBrace;
      const range = missing ? endOf(fact.previous) : rangeOf(fact.found);
      if (!missing && fact.found.tokenType === t.StringLiteralToken && (/\bname\b/.test(fact.wanted) || fact.statement.spec.keyword === "server") && /^[A-Za-z][\w-]*$/.test(fact.found.decoded ?? "")) {
        const name = fact.found.decoded ?? "";
        return report(problems.quotedName, { file, range }, { name }, { fixes: [{ title: `Write ${name}`, file, edits: [{ range, text: name }] }] });
      }
      // The word is right, and what follows it is not: two words of lookahead were asked for.
      if (!missing && fact.wanted.includes(`\`${fact.found.image}\``)) return report(problems.expected, { file, range }, { subject, expected: `something else behind \`${fact.found.image}\``, found: "" });
      return report(problems.expected, { file, range }, { subject, expected: fact.wanted, found: missing ? "" : described(bareText(text, fact.found) ?? fact.found.image) }, {
        fixes: expectedFixes(file, text, fact.wanted, fact.found, range),
      });
    }
  }
}

function unknownStatement(file: string, text: string, fact: Extract<ParseProblem, { kind: "unknown-statement" }>): Diagnostic {
  const range = rangeOf(fact.found);
  const image = fact.found.image;
  if (fact.found.tokenType === t.StrayBrace) return report(problems.strayBrace, { file, range }, {}, { fixes: [{ title: "Remove }", file, edits: [{ range, text: "" }] }] });
  if (fact.found.tokenType === t.Comma) {
    return report(problems.badCharacter, { file, range }, { text: ",", advice: "it only separates list items, remove it" }, { fixes: [removal(file, text, range)] });
  }
  // `port:8000` has the shape of an address
  const colon = image.indexOf(":");
  const words = [...fact.block.statements.map((statement) => statement.keyword), ...(fact.after === undefined ? [] : optionWords(fact.after.spec.elements))];
  if (fact.found.tokenType === t.AddressToken && words.includes(image.slice(0, colon))) {
    const at = { start: range.start + colon, end: range.start + colon + 1 };
    return report(problems.badCharacter, { file, range: at }, { text: ":", advice: "a value follows its keyword directly, remove it" }, { fixes: [removal(file, text, at)] });
  }
  const replace = (by: string): readonly QuickFix[] => [{ title: `Write ${by}`, file, edits: [{ range, text: by }] }];
  if (fact.after !== undefined) {
    const known = optionWords(fact.after.spec.elements).filter((word) => word !== image);
    const near = isNameToken(fact.found) ? nearest(image, [...known, ...fact.block.statements.map((statement) => statement.keyword)]) : undefined;
    return report(problems.unknownOption, { file, range }, { word: described(image), subject: fact.after.spec.subject, nearest: near, known }, near === undefined ? {} : { fixes: replace(near) });
  }
  const known = fact.block.statements.filter((statement) => statement.lead === undefined).map((statement) => statement.keyword);
  const near = isNameToken(fact.found) ? nearest(image, known) : undefined;
  return report(problems.unknownStatement, { file, range }, { word: image, where: fact.block.name, nearest: near, known }, near === undefined ? {} : { fixes: replace(near) });
}

/** One problem for a run of tokens that belong to no declaration. */
export function strayProblem(file: string, tokens: readonly PolicyToken[]): Diagnostic {
  const first = tokens[0] as PolicyToken;
  if (first.tokenType === t.RBrace) {
    const range = rangeOf(first);
    return report(problems.strayBrace, { file, range }, {}, { fixes: [{ title: "Remove }", file, edits: [{ range, text: "" }] }] });
  }
  const known = fileBlock.statements.map((statement) => statement.keyword);
  const near = isNameToken(first) ? nearest(first.image, known) : undefined;
  const range = rangeOf(first);
  return report(problems.unknownDeclaration, { file, range }, { word: described(first.image), nearest: near, known },
    near === undefined ? {} : { fixes: [{ title: `Write ${near}`, file, edits: [{ range, text: near }] }] });
}

/** A declaration without its kind, which its block tells. */
export function headlessProblem(file: string, { kind, name, wrong }: Headless): Diagnostic {
  const known = fileBlock.statements.map((statement) => statement.keyword);
  if (wrong !== undefined && wrong.startOffset < name.startOffset) {
    const near = (isNameToken(wrong) ? nearest(wrong.image, known) : undefined) ?? kind;
    const range = rangeOf(wrong);
    return report(problems.unknownDeclaration, { file, range }, { word: described(wrong.image), nearest: near, known }, { fixes: [{ title: `Write ${near}`, file, edits: [{ range, text: near }] }] });
  }
  const range = { start: name.startOffset, end: (wrong ?? name).endOffset + 1 };
  return report(problems.expected, { file, range }, { subject: "A declaration", expected: `\`${kind}\` before its name`, found: "" }, {
    fixes: [{ title: `Write ${kind} ${name.image}`, file, edits: [{ range, text: `${kind} ${name.image}` }] }],
  });
}

function described(image: string): string {
  return `\`${image.length > 40 ? `${image.slice(0, 37)}…` : image}\``;
}

function called(spec: StatementSpec): string {
  return fileBlock.statements.includes(spec) ? `This ${spec.keyword}` : `The block of \`${spec.keyword}\``;
}

function lower(subject: string): string {
  return subject.startsWith("A ") || subject.startsWith("An ") ? subject.charAt(0).toLowerCase() + subject.slice(1) : subject;
}

/** The white space with which the line of an offset begins. */
function indentationOf(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

function endOf(token: PolicyToken): Range {
  return { start: token.endOffset + 1, end: token.endOffset + 1 };
}

function widened(text: string, range: Range): Range {
  let { start, end } = range;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  while (end < text.length && (text[end] === " " || text[end] === "\t")) end++;
  return { start, end };
}
