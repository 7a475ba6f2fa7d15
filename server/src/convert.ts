/** What the façade answers, as the protocol has it. */
import { CompletionItemKind, DiagnosticSeverity, InsertTextFormat, MarkupKind, SymbolKind as ProtocolSymbolKind } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import type { Analysis, CompletionItem, Diagnostic, Hover, InlayHint, LineMap, Range, Severity, SymbolKind, TextEdit } from "../../language/src/index.ts";
import { toPosition } from "./positions.ts";
import { protocolRange, rangeIn, rangeInAny } from "./ranges.ts";
import type { Places } from "./ranges.ts";

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
