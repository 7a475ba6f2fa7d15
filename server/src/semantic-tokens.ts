/** Semantic tokens as the protocol packs them: five numbers each, and what changed since the last answer. */
import { SemanticTokensDeltaRequest, SemanticTokensRangeRequest, SemanticTokensRequest } from "vscode-languageserver/node";
import type { Connection, SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams, SemanticTokensOptions, SemanticTokensParams, SemanticTokensRangeParams } from "vscode-languageserver/node";
import { semanticTokens, tokenModifiers, tokenTypes } from "../../language/src/index.ts";
import type { LineMap, SemanticToken } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, field, rangeParameters } from "./parameters.ts";
import { lengthOf, toPosition } from "./positions.ts";
import type { Safe } from "./safe.ts";

export const semanticTokensOptions: SemanticTokensOptions = {
  legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
  full: { delta: true },
  range: true,
};

export function answerSemanticTokens(connection: Connection, documents: Documents, safe: Safe): void {
  const answered = new Map<string, { readonly resultId: string; readonly data: readonly number[] }>();
  let count = 0;

  const full = (uri: string): SemanticTokens => {
    const document = documents.get(uri);
    if (document === undefined) {
      answered.delete(uri);
      return { data: [] };
    }
    for (const known of answered.keys()) if (documents.get(known) === undefined) answered.delete(known);
    const data = packed(document.analysis.lines, semanticTokens(document.analysis));
    const resultId = String(++count);
    answered.set(uri, { resultId, data });
    return { resultId, data };
  };

  connection.onRequest(SemanticTokensRequest.type, safe.request(SemanticTokensRequest.method, documentParameters, ({ textDocument }: SemanticTokensParams) => full(textDocument.uri)));

  connection.onRequest(SemanticTokensDeltaRequest.type, safe.request(
    SemanticTokensDeltaRequest.method, (params) => documentParameters(params) ?? (typeof field(params, "previousResultId") === "string" ? undefined : "previousResultId is not a string"),
    ({ textDocument, previousResultId }: SemanticTokensDeltaParams): SemanticTokens | SemanticTokensDelta => {
      const before = answered.get(textDocument.uri);
      const now = full(textDocument.uri);
      if (before?.resultId !== previousResultId || now.resultId === undefined) return now;
      return { resultId: now.resultId, edits: changed(before.data, now.data) };
    }));

  connection.onRequest(SemanticTokensRangeRequest.type, safe.request(SemanticTokensRangeRequest.method, rangeParameters, ({ textDocument, range }: SemanticTokensRangeParams): SemanticTokens => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return { data: [] };
    const { analysis, offsetAt } = document;
    return { data: packed(analysis.lines, semanticTokens(analysis, { start: offsetAt(range.start), end: offsetAt(range.end) })) };
  }));
}

function packed(lines: LineMap, tokens: readonly SemanticToken[]): number[] {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { range, type, modifiers } of tokens) {
    const at = toPosition(lines, range.start);
    data.push(at.line - line, at.line === line ? at.character - character : at.character, lengthOf(lines, range), tokenTypes.indexOf(type), bits(modifiers));
    ({ line, character } = at);
  }
  return data;
}

function bits(modifiers: SemanticToken["modifiers"]): number {
  return modifiers.reduce((sum, modifier) => sum | (1 << tokenModifiers.indexOf(modifier)), 0);
}

/** One edit between what is the same at the start and at the end; whole tokens only. */
function changed(before: readonly number[], now: readonly number[]): SemanticTokensDelta["edits"] {
  const shorter = Math.min(before.length, now.length);
  let front = 0;
  while (front < shorter && before[front] === now[front]) front++;
  front -= front % 5;
  let back = 0;
  while (back < shorter - front && before[before.length - 1 - back] === now[now.length - 1 - back]) back++;
  back -= back % 5;
  if (front === before.length && front === now.length) return [];
  return [{ start: front, deleteCount: before.length - front - back, data: now.slice(front, now.length - back) }];
}
