/** The requests for editing: code actions, tokens, folding, selections, formatting of parts. A document that is not open has no answers. */
import { CodeActionKind, CodeActionRequest, DocumentOnTypeFormattingRequest, DocumentRangeFormattingRequest, FoldingRangeKind, FoldingRangeRequest, SelectionRangeRequest, SignatureHelpRequest } from "vscode-languageserver/node";
import type { CodeActionParams, Connection, DocumentOnTypeFormattingParams, DocumentRangeFormattingParams, FoldingRangeParams, SelectionRangeParams, ServerCapabilities, SignatureHelpParams } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import { codeActions, fixAll, foldingRanges, formatOnType, formatRange, refactorings, selectionRanges, signatureHelp } from "../../language/src/index.ts";
import type { Analysis, CodeAction, FileEdits, Fold, Range, RefactoringKind } from "../../language/src/index.ts";
import type { Background } from "./background/background.ts";
import { answerCodeLenses } from "./code-lens.ts";
import { protocolDiagnostic, protocolEdit } from "./convert.ts";
import type { Documents, OpenDocument } from "./documents.ts";
import { documentParameters, field, onTypeParameters, positionParameters, positionsParameters, rangeParameters } from "./parameters.ts";
import type { ParameterCheck } from "./parameters.ts";
import { protocolRange, rangeIn } from "./ranges.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";
import { answerSemanticTokens, semanticTokensOptions } from "./semantic-tokens.ts";

export const editingCapabilities: ServerCapabilities = {
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorExtract, CodeActionKind.RefactorInline, CodeActionKind.RefactorRewrite, CodeActionKind.SourceOrganizeImports, `${CodeActionKind.SourceFixAll}.lbpolicy`] },
  codeLensProvider: { resolveProvider: true },
  documentOnTypeFormattingProvider: { firstTriggerCharacter: "}", moreTriggerCharacter: ["\n"] },
  documentRangeFormattingProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  semanticTokensProvider: semanticTokensOptions,
  signatureHelpProvider: { triggerCharacters: [" "] },
};

export function answerEditing(connection: Connection, documents: Documents, runs: Runs, background: Background, safe: Safe): void {
  connection.onRequest(CodeActionRequest.type, safe.request(CodeActionRequest.method, codeActionParameters, (params: CodeActionParams): protocol.CodeAction[] => {
    const document = documents.get(params.textDocument.uri);
    return document === undefined ? [] : actionsIn(document, params);
  }));

  connection.onRequest(FoldingRangeRequest.type, safe.request(FoldingRangeRequest.method, documentParameters, ({ textDocument }: FoldingRangeParams): protocol.FoldingRange[] => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : foldingRanges(document.analysis).map(({ startLine, endLine, kind }) => ({ startLine, endLine, ...foldKinds[kind] }));
  }));

  connection.onRequest(SelectionRangeRequest.type, safe.request(SelectionRangeRequest.method, positionsParameters, ({ textDocument, positions }: SelectionRangeParams): protocol.SelectionRange[] | null => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? null : positions.map((position) => nested(document.analysis, selectionRanges(document.analysis, document.offsetAt(position))));
  }));

  connection.onRequest(DocumentRangeFormattingRequest.type, safe.request(DocumentRangeFormattingRequest.method, rangeParameters, ({ textDocument, range }: DocumentRangeFormattingParams): protocol.TextEdit[] => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : formatRange(document.analysis, spanOf(document, range)).map((edit) => protocolEdit(document.analysis.lines, edit));
  }));

  connection.onRequest(DocumentOnTypeFormattingRequest.type, safe.request(DocumentOnTypeFormattingRequest.method, onTypeParameters, ({ textDocument, position, ch }: DocumentOnTypeFormattingParams): protocol.TextEdit[] => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : formatOnType(document.analysis, document.offsetAt(position), ch).map((edit) => protocolEdit(document.analysis.lines, edit));
  }));

  connection.onRequest(SignatureHelpRequest.type, safe.request(SignatureHelpRequest.method, positionParameters, ({ textDocument, position }: SignatureHelpParams): protocol.SignatureHelp | null => {
    const document = documents.get(textDocument.uri);
    const found = document === undefined ? undefined : signatureHelp(document.analysis, document.offsetAt(position));
    if (found === undefined) return null;
    const parameters = found.parts.map((part): protocol.ParameterInformation => ({ label: [part.start, part.end], documentation: { kind: "markdown", value: part.documentation } }));
    // Behind the last one: none is marked between two parts.
    const activeParameter = found.active ?? parameters.length;
    return { signatures: [{ label: found.label, documentation: { kind: "markdown", value: found.documentation }, parameters, activeParameter }], activeSignature: 0, activeParameter };
  }));

  answerSemanticTokens(connection, documents, safe);
  answerCodeLenses(connection, documents, runs, background, safe);
}

const foldKinds: Readonly<Record<Fold["kind"], { readonly kind?: string }>> = { block: {}, comment: { kind: FoldingRangeKind.Comment }, imports: { kind: FoldingRangeKind.Imports } };

/** The smallest with the larger ones as its parents. */
function nested(analysis: Analysis, ranges: readonly Range[]): protocol.SelectionRange {
  const [smallest, ...larger] = ranges;
  const range = protocolRange(analysis.lines, smallest ?? { start: 0, end: 0 });
  return larger.length === 0 ? { range } : { range, parent: nested(analysis, larger) };
}

const codeActionParameters: ParameterCheck = (params) => {
  const only = field(field(params, "context"), "only");
  if (only !== undefined && (!Array.isArray(only) || only.some((kind) => typeof kind !== "string"))) return "context.only is not an array of strings";
  return rangeParameters(params);
};

const kinds: Readonly<Record<CodeAction["kind"], string>> = {
  fix: CodeActionKind.QuickFix,
  "fix-alike": CodeActionKind.QuickFix,
  "fix-all": `${CodeActionKind.SourceFixAll}.lbpolicy`,
  silence: CodeActionKind.QuickFix,
};

const refactoringKinds: Readonly<Record<RefactoringKind, string>> = {
  extract: CodeActionKind.RefactorExtract, inline: CodeActionKind.RefactorInline, rewrite: CodeActionKind.RefactorRewrite, "organize imports": CodeActionKind.SourceOrganizeImports,
};

function actionsIn(document: OpenDocument, { range, context }: CodeActionParams): protocol.CodeAction[] {
  const { analysis, check } = document;
  const isWanted = (kind: string): boolean => context?.only?.every((only) => kind !== only && !kind.startsWith(`${only}.`)) !== true;
  const wanted = (kind: CodeAction["kind"]): boolean => isWanted(kinds[kind]);
  const found = wanted("fix") ? codeActions(analysis, check.diagnostics, spanOf(document, range)) : [];
  const all = wanted("fix-all") ? fixAll(analysis, check.diagnostics) : undefined;
  const rearranged = refactorings(analysis, spanOf(document, range), (kind) => isWanted(refactoringKinds[kind])).map(({ title, kind, edits }): protocol.CodeAction => ({
    title, kind: refactoringKinds[kind], edit: { changes: { [document.uri]: editsOf(analysis, { file: document.uri, edits }) } },
  }));
  return [...[...found, ...(all === undefined ? [] : [all])].map((action): protocol.CodeAction => ({
    title: action.title,
    kind: kinds[action.kind],
    diagnostics: action.diagnostics.map((diagnostic) => protocolDiagnostic(analysis, diagnostic)),
    edit: { changes: Object.fromEntries(action.changes.map((change) => [change.file, editsOf(analysis, change)])) },
    ...(action.isPreferred ? { isPreferred: true } : {}),
  })), ...rearranged];
}

function editsOf(analysis: Analysis, { file, edits }: FileEdits): protocol.TextEdit[] {
  return edits.map((edit) => ({ range: rangeIn(analysis, file, edit.range), newText: edit.text }));
}

function spanOf({ offsetAt }: OpenDocument, range: protocol.Range): Range {
  return { start: offsetAt(range.start), end: offsetAt(range.end) };
}
