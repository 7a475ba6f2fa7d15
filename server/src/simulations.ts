/** Simulations that the editor asks for. They run in the background thread; an edit of the document or a cancellation ends them with `-32800`. */
import type { Connection, PartialResultParams, WorkDoneProgressParams } from "vscode-languageserver/node";
import { analysisFor, BadParameters, errorsFirst } from "./asked-policy.ts";
import type { Background, Cancellation } from "./background/background.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import { tellProgress, withProgress } from "./progress.ts";
import type { ScenarioOutcome, ScenariosParams, ScenariosResponse, SimulateParams, SimulateResponse } from "./protocol.ts";
import { problemOf } from "./ranges.ts";

export interface Simulations {
  readonly simulate: (params: SimulateParams & WorkDoneProgressParams, cancellation: Cancellation) => Promise<SimulateResponse>;
  readonly scenarios: (params: ScenariosParams & WorkDoneProgressParams & PartialResultParams, cancellation: Cancellation) => Promise<ScenariosResponse>;
}

/** Their promises reject as those of `Background.run`. */
export function createSimulations(connection: Connection, documents: Documents, background: Background, host: ServerHost): Simulations {
  return {
    simulate: ({ workDoneToken, ...params }, cancellation) => withProgress(connection, workDoneToken, "Simulating", (onProgress) =>
      background.run({ kind: "simulate", uri: params.uri, params }, { cancellation, onProgress })),

    async scenarios({ uri, scenario, workDoneToken, partialResultToken }, cancellation) {
      const { analysis, version } = analysisFor(uri, documents, host);
      if (analysis.refusals.length > 0) return { version, results: [], problems: errorsFirst(analysis.refusals).map((each) => problemOf(analysis, each)) };
      const due = analysis.policy.scenarios.filter((each) => (scenario === undefined ? each.origin.file === uri : each.name === scenario));
      if (scenario !== undefined && due.length === 0) throw new BadParameters(`there is no scenario ${scenario}`);
      return withProgress(connection, workDoneToken, "Running scenarios", async (report) => {
        const results: ScenarioOutcome[] = [];
        for (const [i, { name }] of due.entries()) {
          report(i / due.length, name);
          const outcome = await background.run({ kind: "scenario", uri, scenario: name }, { cancellation, onProgress: (fraction) => report((i + fraction) / due.length, name) });
          if (partialResultToken === undefined) results.push(outcome);
          else tellProgress(connection, partialResultToken, [outcome]);
        }
        return { version, results, problems: [] };
      });
    },
  };
}
