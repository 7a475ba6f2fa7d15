/** Code lenses: places at once, titles that need figures or a simulated scenario when they are seen. */
import { CodeLensRequest, CodeLensResolveRequest } from "vscode-languageserver/node";
import type { CodeLens, CodeLensParams, Command, Connection } from "vscode-languageserver/node";
import { codeLenses, lensTitle, simulate } from "../../language/src/index.ts";
import type { Analysis, CodeLens as PolicyLens, ScenarioResult, TargetName } from "../../language/src/index.ts";
import { protocolRange } from "./convert.ts";
import type { Documents } from "./documents.ts";
import { documentParameters, field } from "./parameters.ts";
import type { Runs } from "./runs.ts";
import type { Safe } from "./safe.ts";

export function answerCodeLenses(connection: Connection, documents: Documents, runs: Runs, safe: Safe): void {
  /** By analysis, so that a scenario runs once for each version of the text. */
  const results = new WeakMap<Analysis, Map<string, ScenarioResult>>();
  const resultOf = (analysis: Analysis, scenario: string): ScenarioResult | undefined => {
    const known = results.get(analysis) ?? new Map<string, ScenarioResult>();
    results.set(analysis, known);
    if (!known.has(scenario)) {
      const outcome = simulate(analysis, { scenario });
      if (outcome.kind === "report") known.set(scenario, { scenario, expectations: outcome.report.expectations });
    }
    return known.get(scenario);
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

  connection.onRequest(CodeLensResolveRequest.type, safe.request(CodeLensResolveRequest.method, lensParameters, (asked: CodeLens): CodeLens => {
    const uri = field(asked.data, "uri");
    const index = field(asked.data, "index");
    if (asked.command !== undefined || typeof uri !== "string" || typeof index !== "number") return asked;
    const document = documents.get(uri);
    const isCurrent = document?.text.version === field(asked.data, "version");
    const lens = document === undefined || !isCurrent ? undefined : codeLenses(document.analysis)[index];
    // The text went on: the editor asks for new lenses.
    if (document === undefined || lens === undefined) return { ...asked, command: { title: "…", command: "" } };
    const { analysis } = document;
    return { ...asked, command: commandOf(uri, lens, lensTitle(analysis, lens, { backend: runs.of(analysis).backend, scenario: (name) => resultOf(analysis, name) })) };
  }));
}

function lensParameters(params: unknown): string | undefined {
  return field(params, "range") === undefined ? "range is missing" : undefined;
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
