/** The custom requests, and all of them as commands for editors that send no requests of their own. */
import { ExecuteCommandRequest, RequestType } from "vscode-languageserver/node";
import type { CancellationToken, Connection, ExecuteCommandParams, PartialResultParams, ServerCapabilities, WorkDoneProgressParams } from "vscode-languageserver/node";
import { compile, kindOf, linesOfPolicyRange, policyRangeOfLine, targetNames } from "../../language/src/index.ts";
import { analysisFor, BadParameters } from "./asked-policy.ts";
import { answerCompile } from "./custom-requests.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import type { ParameterCheck } from "./parameters.ts";
import { codeParameters, commandParameters, compileParameters, scenariosParameters, simulateParameters, sourceMapParameters, uriParameters } from "./parameters.ts";
import { fromPosition } from "./positions.ts";
import { compileMethod, explainMethod, parityMethod, scenarioListMethod, scenariosMethod, serverCommands, simulateMethod, sourceMapMethod } from "./protocol.ts";
import type {
  CompileParams, CompileResponse, ExplainParams, ExplainResponse, ParityParams, ParityResponse, ScenarioListParams, ScenarioListResponse, ScenariosParams, ScenariosResponse, SimulateParams, SimulateResponse, SourceMapParams, SourceMapResponse,
} from "./protocol.ts";
import { rangeIn } from "./ranges.ts";
import type { Safe } from "./safe.ts";
import type { Simulations } from "./simulations.ts";

export const commandCapabilities: ServerCapabilities = { executeCommandProvider: { commands: Object.values(serverCommands), workDoneProgress: true } };

export function answerCommands(connection: Connection, documents: Documents, simulations: Simulations, host: ServerHost, safe: Safe): void {
  const { simulate, scenarios } = simulations;
  connection.onRequest(new RequestType<CompileParams, CompileResponse, void>(compileMethod), safe.request(compileMethod, compileParameters, (params: CompileParams) => answerCompile(params, documents, host)));
  connection.onRequest(new RequestType<SimulateParams & WorkDoneProgressParams, SimulateResponse, void>(simulateMethod), safe.longRequest(simulateMethod, simulateParameters, simulate));
  connection.onRequest(new RequestType<ScenariosParams & WorkDoneProgressParams & PartialResultParams, ScenariosResponse, void>(scenariosMethod), safe.longRequest(scenariosMethod, scenariosParameters, scenarios));
  connection.onRequest(new RequestType<ScenarioListParams, ScenarioListResponse, void>(scenarioListMethod), safe.request(scenarioListMethod, uriParameters, (params: ScenarioListParams) => answerScenarioList(params, documents, host)));
  connection.onRequest(new RequestType<ParityParams, ParityResponse, void>(parityMethod), safe.request(parityMethod, uriParameters, (params: ParityParams) => answerParity(params, documents, host)));
  connection.onRequest(new RequestType<SourceMapParams, SourceMapResponse, void>(sourceMapMethod), safe.request(sourceMapMethod, sourceMapParameters, (params: SourceMapParams) => answerSourceMap(params, documents, host)));
  connection.onRequest(new RequestType<ExplainParams, ExplainResponse, void>(explainMethod), safe.request(explainMethod, codeParameters, (params: ExplainParams) => answerExplain(params, host)));

  /** Each with the check of its argument. */
  const commands: Readonly<Record<string, { readonly check: ParameterCheck; readonly run: (argument: never, token: CancellationToken) => unknown }>> = {
    [serverCommands.compile]: { check: compileParameters, run: (argument: CompileParams) => answerCompile(argument, documents, host) },
    [serverCommands.simulate]: { check: simulateParameters, run: simulate },
    [serverCommands.scenarios]: { check: scenariosParameters, run: scenarios },
    [serverCommands.parityReport]: { check: uriParameters, run: (argument: ParityParams) => answerParity(argument, documents, host) },
    [serverCommands.sourceMap]: { check: sourceMapParameters, run: (argument: SourceMapParams) => answerSourceMap(argument, documents, host) },
    [serverCommands.explain]: { check: codeParameters, run: (argument: ExplainParams) => answerExplain(argument, host) },
  };
  connection.onRequest(ExecuteCommandRequest.type, safe.longRequest(ExecuteCommandRequest.method, commandParameters, async ({ command, arguments: given, workDoneToken }: ExecuteCommandParams, token): Promise<unknown> => {
    const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (known === undefined) throw new BadParameters(`there is no command ${command}`);
    const argument: unknown = given?.[0];
    const problem = known.check(argument);
    if (problem !== undefined) throw new BadParameters(`the argument of ${command}: ${problem}`);
    return known.run({ ...(argument as object), ...(workDoneToken === undefined ? {} : { workDoneToken }) } as never, token);
  }));
}

function answerScenarioList({ uri }: ScenarioListParams, documents: Documents, host: ServerHost): ScenarioListResponse {
  const { analysis } = analysisFor(uri, documents, host);
  const own = analysis.policy.scenarios.filter(({ origin }) => origin.file === uri);
  return { scenarios: own.map(({ name, origin }) => ({ name, range: rangeIn(analysis, origin.file, origin.nameRange ?? origin.range) })) };
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
  if (target === undefined) throw new BadParameters(`target is one of ${targetNames.join(", ")}`);
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
  if (kind === undefined) throw new BadParameters(`there is no diagnostic ${code}`);
  return { code: kind.code, name: kind.name, severity: kind.severity, page: host.pageOf(kind.code) ?? null };
}
