/** From offsets to the protocol's positions: the only place that knows both. */
import { CompletionItemKind, DiagnosticSeverity, InsertTextFormat, MarkupKind, SymbolKind as ProtocolSymbolKind } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import { createLineMap } from "../../language/src/index.ts";
import type { Analysis, CompletionItem, Diagnostic, Hover, InlayHint, LineMap, Range, Severity, SymbolKind, TextEdit } from "../../language/src/index.ts";
import { toPosition } from "./positions.ts";
import type { Problem } from "./protocol.ts";

export function protocolRange(lines: LineMap, range: Range): protocol.Range {
  return { start: toPosition(lines, range.start), end: toPosition(lines, range.end) };
}

/** Where the lines of some files begin: an analysis, or what is known of a followed document. */
export interface Places {
  readonly sources: ReadonlyMap<string, { readonly lines: LineMap }>;
}

/** Of a file of the analysis. A file that it does not hold has only a first position. */
export function rangeIn(analysis: Places, file: string, range: Range): protocol.Range {
  return protocolRange(analysis.sources.get(file)?.lines ?? noLines, range);
}

/** Of a file that one of the analyses holds. */
export function rangeInAny(analyses: readonly Analysis[], file: string, range: Range): protocol.Range {
  const holder = analyses.find((analysis) => analysis.sources.has(file));
  return holder === undefined ? protocolRange(noLines, range) : rangeIn(holder, file, range);
}

export function locationIn(analyses: readonly Analysis[], { file, range }: { readonly file: string; readonly range: Range }): protocol.Location {
  return { uri: file, range: rangeInAny(analyses, file, range) };
}

/** Edits by file, as a workspace edit's `changes`. */
export function changesIn(analyses: readonly Analysis[], edits: ReadonlyMap<string, readonly TextEdit[]>): Record<string, protocol.TextEdit[]> {
  return Object.fromEntries([...edits].map(([file, list]) => [file, list.map((edit) => ({ range: rangeInAny(analyses, file, edit.range), newText: edit.text }))]));
}

export function protocolDiagnostic(analysis: Places, diagnostic: Diagnostic): protocol.Diagnostic {
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
  return { position: toPosition(lines, hint.offset), label: hint.label, tooltip: markdown(hint.tooltip), paddingLeft: true };
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
    ...(item.additionalEdits === undefined ? {} : { additionalTextEdits: item.additionalEdits.map((edit) => protocolEdit(lines, edit)) }),
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

const symbolKinds: Readonly<Record<SymbolKind, ProtocolSymbolKind>> = {
  backend: ProtocolSymbolKind.Class, server: ProtocolSymbolKind.Object, strategy: ProtocolSymbolKind.Method, metric: ProtocolSymbolKind.Number,
  threshold: ProtocolSymbolKind.Event, schedule: ProtocolSymbolKind.Event, service: ProtocolSymbolKind.Interface, traffic: ProtocolSymbolKind.Function,
  scenario: ProtocolSymbolKind.Module, param: ProtocolSymbolKind.Constant, environment: ProtocolSymbolKind.Namespace,
};

/** By the keyword of a declaration; what is only a line of one is a property. */
export function symbolKind(keyword: string): ProtocolSymbolKind {
  if (Object.hasOwn(symbolKinds, keyword)) return symbolKinds[keyword as SymbolKind];
  return keyword === "import" ? ProtocolSymbolKind.File : keyword === "target" ? ProtocolSymbolKind.Package : ProtocolSymbolKind.Property;
}
