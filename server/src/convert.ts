/** From offsets to the protocol's positions: the only place that knows both. */
import { CompletionItemKind, DiagnosticSeverity, InsertTextFormat, MarkupKind } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import { createLineMap, positionAt } from "../../language/src/index.ts";
import type { Analysis, CompletionItem, Diagnostic, Hover, InlayHint, LineMap, Range, Severity, TextEdit } from "../../language/src/index.ts";
import type { Problem } from "./protocol.ts";

export function protocolRange(lines: LineMap, range: Range): protocol.Range {
  return { start: positionAt(lines, range.start), end: positionAt(lines, range.end) };
}

/** Of a file of the analysis. A file that it does not hold has only a first position. */
export function rangeIn(analysis: Analysis, file: string, range: Range): protocol.Range {
  return protocolRange(analysis.sources.get(file)?.lines ?? noLines, range);
}

export function protocolDiagnostic(analysis: Analysis, diagnostic: Diagnostic): protocol.Diagnostic {
  return {
    range: rangeIn(analysis, diagnostic.file, diagnostic.range),
    severity: severities[diagnostic.severity],
    code: diagnostic.code,
    source: "lbpolicy",
    message: diagnostic.environment === undefined ? diagnostic.message : `${diagnostic.message} (environment ${diagnostic.environment})`,
    relatedInformation: diagnostic.related.map(({ location, message }) => ({
      location: { uri: location.file, range: rangeIn(analysis, location.file, location.range) },
      message,
    })),
  };
}

/** A diagnostic as the custom requests carry it. */
export function problemOf(analysis: Analysis, diagnostic: Diagnostic): Problem {
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    uri: diagnostic.file,
    range: rangeIn(analysis, diagnostic.file, diagnostic.range),
  };
}

export function protocolInlayHint(lines: LineMap, hint: InlayHint): protocol.InlayHint {
  return { position: positionAt(lines, hint.offset), label: hint.label, tooltip: markdown(hint.tooltip), paddingLeft: true };
}

export function protocolHover(lines: LineMap, hover: Hover): protocol.Hover {
  return { contents: markdown(hover.markdown), range: protocolRange(lines, hover.range) };
}

export function protocolCompletion(lines: LineMap, item: CompletionItem): protocol.CompletionItem {
  return {
    label: item.label,
    kind: completionKinds[item.kind],
    textEdit: { range: protocolRange(lines, item.range), newText: item.insertText },
    insertTextFormat: item.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(item.detail === undefined ? {} : { detail: item.detail }),
    ...(item.documentation === undefined ? {} : { documentation: markdown(item.documentation) }),
    ...(item.sortText === undefined ? {} : { sortText: item.sortText }),
  };
}

export function protocolEdit(lines: LineMap, edit: TextEdit): protocol.TextEdit {
  return { range: protocolRange(lines, edit.range), newText: edit.text };
}

const noLines = createLineMap("");

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const completionKinds: Readonly<Record<CompletionItem["kind"], CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  name: CompletionItemKind.Reference,
  value: CompletionItemKind.Value,
  snippet: CompletionItemKind.Snippet,
};

function markdown(value: string): protocol.MarkupContent {
  return { kind: MarkupKind.Markdown, value };
}
