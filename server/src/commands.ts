/** The custom requests beyond compiling and simulating, and all of them as commands for editors that send no requests of their own. */
import { ErrorCodes, ExecuteCommandRequest, RequestType, ResponseError } from "vscode-languageserver/node";
import type { CancellationToken, Connection, ExecuteCommandParams, ServerCapabilities, WorkDoneProgressParams } from "vscode-languageserver/node";
import { compile, kindOf, linesOfPolicyRange, policyRangeOfLine, simulate, targetNames } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import { problemOf, rangeIn } from "./convert.ts";
import { analysisFor, answerCompile, answerSimulate, errorsFirst, invalid, traceReader } from "./custom-requests.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import type { ParameterCheck } from "./parameters.ts";
import { codeParameters, commandParameters, compileParameters, simulateParameters, sourceMapParameters, uriParameters } from "./parameters.ts";
import { fromPosition } from "./positions.ts";
import { explainMethod, parityMethod, scenariosMethod, serverCommands, sourceMapMethod } from "./protocol.ts";
import type {
  CompileParams, ExplainParams, ExplainResponse, ParityParams, ParityResponse, ScenarioOutcome, ScenariosParams, ScenariosResponse, SimulateParams, SourceMapParams, SourceMapResponse,
} from "./protocol.ts";
import type { Safe } from "./safe.ts";

export const commandCapabilities: ServerCapabilities = { executeCommandProvider: { commands: Object.values(serverCommands), workDoneProgress: true } };

export function answerCommands(connection: Connection, documents: Documents, host: ServerHost, safe: Safe): void {
  const scenarios = (params: ScenariosParams & WorkDoneProgressParams, token: CancellationToken): Promise<ScenariosResponse> => answerScenarios(connection, documents, host, params, token);
  connection.onRequest(new RequestType<ScenariosParams & WorkDoneProgressParams, ScenariosResponse, void>(scenariosMethod), safe.longRequest(scenariosMethod, uriParameters, scenarios));
  connection.onRequest(new RequestType<ParityParams, ParityResponse, void>(parityMethod), safe.request(parityMethod, uriParameters, (params: ParityParams) => answerParity(params, documents, host)));
  connection.onRequest(new RequestType<SourceMapParams, SourceMapResponse, void>(sourceMapMethod), safe.request(sourceMapMethod, sourceMapParameters, (params: SourceMapParams) => answerSourceMap(params, documents, host)));
  connection.onRequest(new RequestType<ExplainParams, ExplainResponse, void>(explainMethod), safe.request(explainMethod, codeParameters, (params: ExplainParams) => answerExplain(params, host)));

  /** Each with the check of its argument. */
  const commands: Readonly<Record<string, { readonly check: ParameterCheck; readonly run: (argument: never, token: CancellationToken) => unknown }>> = {
    [serverCommands.compile]: { check: compileParameters, run: (argument: CompileParams) => answerCompile(argument, documents, host) },
    [serverCommands.simulate]: { check: simulateParameters, run: (argument: SimulateParams) => answerSimulate(argument, documents, host) },
    [serverCommands.scenarios]: { check: uriParameters, run: scenarios },
    [serverCommands.parityReport]: { check: uriParameters, run: (argument: ParityParams) => answerParity(argument, documents, host) },
    [serverCommands.sourceMap]: { check: sourceMapParameters, run: (argument: SourceMapParams) => answerSourceMap(argument, documents, host) },
    [serverCommands.explain]: { check: codeParameters, run: (argument: ExplainParams) => answerExplain(argument, host) },
  };
  connection.onRequest(ExecuteCommandRequest.type, safe.longRequest(ExecuteCommandRequest.method, commandParameters, async ({ command, arguments: given, workDoneToken }: ExecuteCommandParams, token): Promise<unknown> => {
    const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (known === undefined) throw new ResponseError(ErrorCodes.InvalidParams, `there is no command ${command}`);
    const argument: unknown = given?.[0];
    const problem = known.check(argument);
    if (problem !== undefined) throw new ResponseError(ErrorCodes.InvalidParams, `the argument of ${command}: ${problem}`);
    return known.run({ ...(argument as object), ...(workDoneToken === undefined ? {} : { workDoneToken }) } as never, token);
  }));
}

/** One scenario a turn, so that a cancellation that arrives is seen before the next. */
async function answerScenarios(connection: Connection, documents: Documents, host: ServerHost, { uri, scenario, workDoneToken }: ScenariosParams & WorkDoneProgressParams, token: CancellationToken): Promise<ScenariosResponse> {
  const { analysis, version } = analysisFor(uri, documents, host);
  if (analysis.refusals.length > 0) return { version, results: [], problems: errorsFirst(analysis.refusals).map((each) => problemOf(analysis, each)) };
  const due = analysis.policy.scenarios.filter((each) => (scenario === undefined ? each.origin.file === uri : each.name === scenario));
  if (scenario !== undefined && due.length === 0) throw invalid(`there is no scenario ${scenario}`);
  const tell = (value: object): void => {
    if (workDoneToken !== undefined) connection.sendNotification("$/progress", { token: workDoneToken, value }).catch(() => undefined);
  };
  tell({ kind: "begin", title: "Running scenarios", cancellable: true, percentage: 0 });
  const results: ScenarioOutcome[] = [];
  for (const [i, { name }] of due.entries()) {
    await new Promise<void>((resolve) => host.soon(resolve));
    if (token.isCancellationRequested) break;
    tell({ kind: "report", message: name, percentage: Math.round((100 * i) / due.length) });
    results.push(outcomeOf(analysis, name, documents, host));
  }
  tell({ kind: "end" });
  return { version, results, problems: [] };
}

function outcomeOf(analysis: Analysis, scenario: string, documents: Documents, host: ServerHost): ScenarioOutcome {
  const outcome = simulate(analysis, { scenario }, { readTrace: traceReader(documents, host) });
  if (outcome.kind !== "report") {
    const problems = outcome.kind === "refused" ? errorsFirst(outcome.diagnostics).map((each) => problemOf(analysis, each)) : [];
    return { scenario, holds: false, expectations: [], summary: null, problems };
  }
  const { expectations, summary } = outcome.report;
  return { scenario, holds: expectations.every((each) => each.holds), expectations, summary, problems: [] };
}

function answerParity({ uri }: ParityParams, documents: Documents, host: ServerHost): ParityResponse {
  const { analysis, version } = analysisFor(uri, documents, host);
  return {
    version,
    targets: targetNames.map((target) => {
      const { text, notes } = compile(analysis, target);
      return { target, isCompiled: text !== "", notes: notes.map((note) => ({ ...note, uri: note.origin.file, range: rangeIn(analysis, note.origin.file, note.origin.range) })) };
    }),
  };
}

function answerSourceMap(params: SourceMapParams, documents: Documents, host: ServerHost): SourceMapResponse {
  const target = targetNames.find((name) => name === params.target);
  if (target === undefined) throw invalid(`target is one of ${targetNames.join(", ")}`);
  const { analysis } = analysisFor(params.uri, documents, host);
  const result = compile(analysis, target);
  if ("line" in params) {
    const origin = policyRangeOfLine(result, params.line);
    return { lines: [params.line], origin: origin === undefined ? null : { uri: origin.file, range: rangeIn(analysis, origin.file, origin.range) } };
  }
  const range = { start: fromPosition(analysis.lines, params.range.start), end: fromPosition(analysis.lines, params.range.end) };
  return { lines: linesOfPolicyRange(result, params.uri, range), origin: null };
}

function answerExplain({ code }: ExplainParams, host: ServerHost): ExplainResponse {
  const kind = kindOf(code);
  if (kind === undefined) throw invalid(`there is no diagnostic ${code}`);
  return { code: kind.code, name: kind.name, severity: kind.severity, page: host.pageOf(kind.code) ?? null };
}
