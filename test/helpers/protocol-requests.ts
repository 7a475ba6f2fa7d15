/** Every request that the server answers, with params that are right and the members that each needs. */

export interface RequestCase {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Paths of members that must be there and of their kind; `[]` stands for each element. */
  readonly needed: readonly string[];
  /** Paths of members that may be left out, but not be of another kind. */
  readonly optional?: readonly string[];
}

const position = { line: 0, character: 8 };
const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };

const document = ["textDocument", "textDocument.uri"];
const place = [...document, "position", "position.line", "position.character"];
const rangeOf = (name: string): readonly string[] => [name, `${name}.start`, `${name}.start.line`, `${name}.start.character`, `${name}.end`, `${name}.end.line`, `${name}.end.character`];

/** About the document of that URI. */
export function requestCases(uri: string): readonly RequestCase[] {
  const textDocument = { uri };
  const item = { name: "web", kind: 5, uri, range, selectionRange: range };
  const atPosition = (method: string): RequestCase => ({ method: `textDocument/${method}`, params: { textDocument, position }, needed: place });
  const ofDocument = (method: string): RequestCase => ({ method: `textDocument/${method}`, params: { textDocument }, needed: document });
  const ofRange = (method: string): RequestCase => ({ method: `textDocument/${method}`, params: { textDocument, range }, needed: [...document, ...rangeOf("range")] });
  const command = (name: string, argument: object): RequestCase => ({
    method: "workspace/executeCommand", params: { command: `lbpolicy.server.${name}`, arguments: [argument] }, needed: ["command", "arguments", "arguments.0"],
  });
  const compile = { uri, target: "nginx" };
  const simulate = { uri, version: 1, request: { durationSeconds: 60 } };
  const sourceMap = { ...compile, line: 0 };
  return [
    ...["hover", "completion", "signatureHelp", "definition", "declaration", "typeDefinition", "implementation", "documentHighlight", "prepareRename", "linkedEditingRange", "prepareCallHierarchy"].map(atPosition),
    ...["documentSymbol", "documentLink", "codeLens", "foldingRange", "semanticTokens/full", "diagnostic", "formatting"].map(ofDocument),
    ...["inlayHint", "semanticTokens/range", "rangeFormatting"].map(ofRange),
    { method: "textDocument/references", params: { textDocument, position, context: { includeDeclaration: true } }, needed: [...place, "context"] },
    { method: "textDocument/rename", params: { textDocument, position, newName: "front" }, needed: [...place, "newName"] },
    { method: "textDocument/onTypeFormatting", params: { textDocument, position, ch: "}", options: { tabSize: 2, insertSpaces: true } }, needed: [...place, "ch"] },
    { method: "textDocument/selectionRange", params: { textDocument, positions: [position] }, needed: [...document, "positions", "positions.0", "positions.0.line", "positions.0.character"] },
    { method: "textDocument/semanticTokens/full/delta", params: { textDocument, previousResultId: "0" }, needed: [...document, "previousResultId"] },
    { method: "textDocument/codeAction", params: { textDocument, range, context: { diagnostics: [] } }, needed: [...document, ...rangeOf("range")], optional: ["context.only"] },
    { method: "completionItem/resolve", params: { label: "server" }, needed: ["label"] },
    { method: "codeLens/resolve", params: { range }, needed: rangeOf("range") },
    { method: "inlayHint/resolve", params: { position, label: "x" }, needed: ["position", "position.line", "position.character"] },
    { method: "callHierarchy/incomingCalls", params: { item }, needed: ["item", "item.uri", ...rangeOf("item.selectionRange")] },
    { method: "callHierarchy/outgoingCalls", params: { item }, needed: ["item", "item.uri", ...rangeOf("item.selectionRange")] },
    { method: "workspace/symbol", params: { query: "w" }, needed: ["query"] },
    { method: "workspace/diagnostic", params: { previousResultIds: [{ uri, value: "0" }] }, needed: ["previousResultIds", "previousResultIds.0", "previousResultIds.0.uri", "previousResultIds.0.value"] },
    { method: "workspace/willRenameFiles", params: { files: [{ oldUri: uri, newUri: `${uri}2` }] }, needed: ["files", "files.0", "files.0.oldUri", "files.0.newUri"] },
    { method: "lbpolicy/compile", params: compile, needed: ["uri", "target"] },
    { method: "lbpolicy/simulate", params: simulate, needed: ["uri", "version", "request"], optional: ["text", "request.backend", "request.scenario", "request.traffic", "request.target", "request.durationSeconds", "request.stepSeconds", "request.seed", "request.loadFactor"] },
    { method: "lbpolicy/scenarios", params: { uri }, needed: ["uri"], optional: ["scenario"] },
    { method: "lbpolicy/scenarioList", params: { uri }, needed: ["uri"] },
    { method: "lbpolicy/parityReport", params: { uri }, needed: ["uri"] },
    { method: "lbpolicy/sourceMap", params: sourceMap, needed: ["uri", "target", "line"] },
    { method: "lbpolicy/explain", params: { code: "LBP2001" }, needed: ["code"] },
    command("compile", compile), command("simulate", simulate), command("scenarios", { uri }), command("parityReport", { uri }), command("sourceMap", sourceMap), command("explain", { code: "LBP2001" }),
  ];
}

/** The params with another value at a path, or without what is there (`undefined`). */
export function withValue(params: unknown, path: string, value: unknown): unknown {
  const [first = "", ...rest] = path.split(".");
  if (Array.isArray(params)) return params.map((each: unknown, i) => (String(i) === first ? (rest.length === 0 ? value : withValue(each, rest.join("."), value)) : each));
  const members = typeof params === "object" && params !== null ? (params as Readonly<Record<string, unknown>>) : {};
  const next = rest.length === 0 ? value : withValue(members[first], rest.join("."), value);
  const { [first]: _, ...others } = members;
  return next === undefined ? others : { ...others, [first]: next };
}

export function valueAt(params: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined), params);
}
