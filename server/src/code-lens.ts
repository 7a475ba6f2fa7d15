/** Code lenses: places at once, titles that need figures or a simulated scenario when they are seen. */
import { CodeLensRequest, CodeLensResolveRequest } from "vscode-languageserver/node";
import type { CodeLens, CodeLensParams, Command, Connection } from "vscode-languageserver/node";
import { codeLenses, lensTitle } from "../../language/src/index.ts";
import type { Analysis, CodeLens as PolicyLens, ScenarioResult, TargetName } from "../../language/src/index.ts";
import type { Background } from "./background/background.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, field, lensParameters } from "./parameters.ts";
import { protocolRange } from "./ranges.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";

export function answerCodeLenses(connection: Connection, documents: Documents, runs: Runs, background: Background, safe: Safe): void {
  /** By analysis, so that a scenario runs once for each version of the text. What could not be run is tried again. */
  const results = new WeakMap<Analysis, Map<string, Promise<ScenarioResult | undefined>>>();
  const resultOf = (analysis: Analysis, scenario: string): Promise<ScenarioResult | undefined> => {
    const known = results.get(analysis) ?? new Map<string, Promise<ScenarioResult | undefined>>();
    results.set(analysis, known);
    const before = known.get(scenario);
    if (before !== undefined) return before;
    const result = background.run({ kind: "scenario", uri: analysis.source.file, scenario }).then(
      ({ expectations, summary }) => (summary === null ? undefined : { scenario, expectations }),
      () => void known.delete(scenario),
    );
    known.set(scenario, result);
    return result;
  };

  connection.onRequest(CodeLensRequest.type, safe.request(CodeLensRequest.method, documentParameters, ({ textDocument: { uri } }: CodeLensParams): CodeLens[] => {
    const document = documents.get(uri);
    if (document === undefined) return [];
    const { analysis, text } = document;
    return codeLenses(analysis).map((lens, index): CodeLens => ({
      range: protocolRange(analysis.lines, lens.range),
      ...(lens.kind === "compile" || lens.kind === "simulate" ? { command: commandOf(uri, lens, lensTitle(analysis, lens)) } : { data: { uri, version: text.version, index } }),
    }));
  }));

  connection.onRequest(CodeLensResolveRequest.type, safe.longRequest(CodeLensResolveRequest.method, lensParameters, async (asked: CodeLens): Promise<CodeLens> => {
    const uri = field(asked.data, "uri");
    const index = field(asked.data, "index");
    if (asked.command !== undefined || typeof uri !== "string" || typeof index !== "number") return asked;
    const document = documents.get(uri);
    const isCurrent = document?.text.version === field(asked.data, "version");
    const lens = document === undefined || !isCurrent ? undefined : codeLenses(document.analysis)[index];
    // The text went on: the editor asks for new lenses.
    if (document === undefined || lens === undefined) return { ...asked, command: { title: "…", command: "" } };
    const { analysis } = document;
    const result = lens.kind === "scenario" ? await resultOf(analysis, lens.scenario) : undefined;
    return { ...asked, command: commandOf(uri, lens, lensTitle(analysis, lens, { backend: runs.of(analysis).backend, scenario: () => result })) };
  }));
}

const compileCommands: Readonly<Record<TargetName, string>> = {
  nginx: "lbpolicy.compileNginx", haproxy: "lbpolicy.compileHaproxy", kubernetes: "lbpolicy.compileKubernetes",
};

function commandOf(uri: string, lens: PolicyLens, title: string): Command {
  switch (lens.kind) {
    case "compile": return { title, command: compileCommands[lens.target], arguments: [uri] };
    case "figures": return { title, command: "" };
    default: return { title, command: "lbpolicy.previewSimulation", arguments: [uri] };
  }
}
