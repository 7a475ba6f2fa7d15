/** From offsets to the protocol's terms and back: the only place that knows both. */
import { CompletionItemKind, DiagnosticSeverity, InsertTextFormat, MarkupKind, SymbolKind as ProtocolSymbolKind } from "vscode-languageserver/node";
import type * as protocol from "vscode-languageserver/node";
import { createLineMap } from "../../language/src/index.ts";
import type { Analysis, CompletionItem, Diagnostic, Hover, InlayHint, Range, Severity, SymbolKind, TextEdit } from "../../language/src/index.ts";
import type { Encoding, Located } from "./positions.ts";
import { toOffset, toPosition } from "./positions.ts";
import type { Problem } from "./protocol.ts";

/** Which texts a file name stands for: an analysis, or several. */
export type Texts = (file: string) => Located;

export interface Convert {
  readonly encoding: () => Encoding;
  readonly position: (text: Located, offset: number) => protocol.Position;
  readonly offset: (text: Located, position: protocol.Position) => number;
  readonly range: (text: Located, range: Range) => protocol.Range;
  readonly span: (text: Located, range: protocol.Range) => Range;
  readonly diagnostic: (texts: Texts, diagnostic: Diagnostic) => protocol.Diagnostic;
  /** A diagnostic as the custom requests carry it. */
  readonly problem: (texts: Texts, diagnostic: Diagnostic) => Problem;
  readonly location: (texts: Texts, location: { readonly file: string; readonly range: Range }) => protocol.Location;
  readonly edit: (text: Located, edit: TextEdit) => protocol.TextEdit;
  readonly hover: (text: Located, hover: Hover) => protocol.Hover;
  readonly hint: (text: Located, hint: InlayHint) => protocol.InlayHint;
  readonly completion: (text: Located, item: CompletionItem) => protocol.CompletionItem;
}

export function createConvert(encoding: () => Encoding): Convert {
  const position: Convert["position"] = (text, offset) => toPosition(encoding(), text, offset);
  const range: Convert["range"] = (text, { start, end }) => ({ start: position(text, start), end: position(text, end) });
  const offset: Convert["offset"] = (text, place) => toOffset(encoding(), text, place);
  const location: Convert["location"] = (texts, place) => ({ uri: place.file, range: range(texts(place.file), place.range) });
  const edit: Convert["edit"] = (text, { range: replaced, text: newText }) => ({ range: range(text, replaced), newText });
  return {
    encoding, position, offset, range, location, edit,
    span: (text, { start, end }) => ({ start: offset(text, start), end: offset(text, end) }),
    diagnostic: (texts, diagnostic) => ({
      range: range(texts(diagnostic.file), diagnostic.range),
      severity: severities[diagnostic.severity],
      code: diagnostic.code,
      source: "lbpolicy",
      message: diagnostic.environment === undefined ? diagnostic.message : `${diagnostic.message} (environment ${diagnostic.environment})`,
      relatedInformation: diagnostic.related.map(({ location: place, message }) => ({ location: location(texts, place), message })),
    }),
    problem: (texts, diagnostic) => ({
      code: diagnostic.code, severity: diagnostic.severity, message: diagnostic.message, uri: diagnostic.file, range: range(texts(diagnostic.file), diagnostic.range),
    }),
    hover: (text, found) => ({ contents: markdown(found.markdown), range: range(text, found.range) }),
    hint: (text, hint) => ({ position: position(text, hint.offset), label: hint.label, tooltip: markdown(hint.tooltip), paddingLeft: true }),
    completion: (text, item) => ({
      label: item.label,
      kind: completionKinds[item.kind],
      textEdit: { range: range(text, item.range), newText: item.insertText },
      insertTextFormat: item.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      ...(item.detail === undefined ? {} : { detail: item.detail }),
      ...(item.documentation === undefined ? {} : { documentation: markdown(item.documentation) }),
      ...(item.sortText === undefined ? {} : { sortText: item.sortText }),
      ...(item.additionalEdits === undefined ? {} : { additionalTextEdits: item.additionalEdits.map((each) => edit(text, each)) }),
    }),
  };
}

/** The files of some analyses. One that none of them holds has only a first position. */
export function textsOf(...analyses: readonly Analysis[]): Texts {
  return (file) => {
    for (const analysis of analyses) {
      const found = analysis.sources.get(file);
      if (found !== undefined) return { text: found.source.text, lines: found.lines };
    }
    return noText;
  };
}

/** The analysed document itself. */
export function ownText({ source: { text }, lines }: Analysis): Located {
  return { text, lines };
}

export function markdown(value: string): protocol.MarkupContent {
  return { kind: MarkupKind.Markdown, value };
}

const noText: Located = { text: "", lines: createLineMap("") };

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
