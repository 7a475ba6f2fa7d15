/** `lbpolicy simulate`: what a backend does over a day. */
import { resolve } from "node:path";
import { reportCsv, reportHtml, reportJson, reportSvg, simulate, simulateRequests, targetNames } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, Policy, RequestSimulationOutcome, SimulationReport, SimulationRequest } from "../../language/src/index.ts";
import { colorOf } from "./color.ts";
import type { Command, Invocation } from "./command.ts";
import { diagnosticsText } from "./diagnostics-report.ts";
import type { Sources } from "./diagnostics-report.ts";
import { durationSeconds } from "./duration.ts";
import { sixDigits } from "./figures.ts";
import { choiceOption, countOption, formatOption, hasFlag, textOption } from "./options.ts";
import type { Arguments } from "./options.ts";
import { counted, visibleText } from "./plain-text.ts";
import { analyzePolicy, readOnePolicy } from "./policy-files.ts";
import { traceReader } from "./trace-reader.ts";
import { requestsText } from "./requests-text.ts";
import { simulationText } from "./simulation-text.ts";
import { Refusal, WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";
import { writeFiles } from "./write-files.ts";

export const simulateCommand: Command = {
  name: "simulate",
  summary: "show load, replicas and response times over time",
  help: `Usage: lbpolicy simulate FILE [options]

Simulates a backend: its demand for an hour, a traffic for a day, or a scenario.

  --backend B             which backend; needed where several have a demand
  --scenario S            run a scenario
  --traffic T             a traffic instead of the backend's demand
  --duration D            such as 24h
  --target T              whose picks: nginx, haproxy or kubernetes (nginx)
  --seed N                for the noise of the traffic
  --requests N            request by request, N of them: percentiles and what each member gets (text or json)
  --format F              text: a table with plots; json: everything; csv: a row for each step; svg: the plots; html: a page (text)
  --out FILE              write to a file; --force overwrites one

Example: lbpolicy simulate samples/ai-gateway/policy.lbpolicy --backend inference
`,
  options: {
    backend: { type: "string" },
    scenario: { type: "string" },
    traffic: { type: "string" },
    duration: { type: "string" },
    target: { type: "string" },
    seed: { type: "string" },
    requests: { type: "string" },
    format: { type: "string" },
    out: { type: "string" },
    force: { type: "boolean" },
  },
  run: runSimulate,
};

async function runSimulate(invocation: Invocation): Promise<ExitCode> {
  const { args, common, terminal } = invocation;
  const format = formatOption(args, ["text", "json", "csv", "svg", "html"], []);
  const request = requestOf(args);
  const file = await readOnePolicy(args.positionals, "simulate", terminal);
  const analysis = analyzePolicy(file, common, terminal);
  if (analysis.refusals.length > 0) return refuse(analysis.refusals, analysis.sources, invocation);
  checkNames(request, analysis.policy);

  const requests = countOption(args, "requests");
  const control = { readTrace: traceReader(file, common, terminal) };
  if (requests !== undefined) return runRequests(simulateRequests(analysis, { ...request, requests }, control), format, analysis, invocation);
  const outcome = simulate(analysis, request, control);
  switch (outcome.kind) {
    case "refused": return refuse(outcome.diagnostics, analysis.sources, invocation);
    case "choose": throw new WrongUsage(`several backends have a demand: choose one with --backend ${outcome.backends.join("|")}`);
    case "cancelled": throw new Refusal("the simulation was cancelled");
    case "report": break;
  }
  return put(shown(outcome.report, format, terminal.columns), invocation);
}

function runRequests(outcome: RequestSimulationOutcome, format: string, analysis: Analysis, invocation: Invocation): ExitCode {
  if (format !== "text" && format !== "json") throw new WrongUsage("--requests gives text or json");
  switch (outcome.kind) {
    case "refused": return refuse([...analysis.diagnostics, ...outcome.diagnostics], analysis.sources, invocation);
    case "choose": throw new WrongUsage(`several backends have a demand: choose one with --backend ${outcome.backends.join("|")}`);
    case "cancelled": throw new Refusal("the simulation was cancelled");
    case "figures": {
      const { kind: _kind, ...shownOutcome } = outcome;
      return put(format === "json" ? `${JSON.stringify(shownOutcome, sixDigits, 2)}\n` : requestsText(outcome.backend, outcome.figures, outcome.notes), invocation);
    }
  }
}

function shown(report: SimulationReport, format: "text" | "json" | "csv" | "svg" | "html", columns: number): string {
  switch (format) {
    case "text": return simulationText(report, columns);
    case "json": return reportJson(report);
    case "csv": return reportCsv(report);
    case "svg": return reportSvg(report);
    case "html": return reportHtml(report);
  }
}

function put(text: string, { args, terminal }: Invocation): ExitCode {
  const out = textOption(args, "out");
  if (out === undefined) {
    terminal.out(text);
  } else {
    writeFiles([{ path: resolve(terminal.folder, out), text }], { kind: hasFlag(args, "force") ? "any" : "none" });
  }
  return 0;
}

function requestOf(args: Arguments): SimulationRequest {
  const backend = textOption(args, "backend");
  const scenario = textOption(args, "scenario");
  const traffic = textOption(args, "traffic");
  const duration = textOption(args, "duration");
  const target = choiceOption(args, "target", targetNames);
  const seed = countOption(args, "seed");
  if (scenario !== undefined && traffic !== undefined) throw new WrongUsage("--scenario and --traffic exclude each other");
  return {
    ...(backend === undefined ? {} : { backend }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(traffic === undefined ? {} : { traffic }),
    ...(duration === undefined ? {} : { durationSeconds: durationSeconds("duration", duration) }),
    ...(target === undefined ? {} : { target }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Throws `WrongUsage` that lists the names there are. */
function checkNames(request: SimulationRequest, policy: Policy): void {
  checkName("backend", request.backend, policy.backends);
  checkName("scenario", request.scenario, policy.scenarios);
  checkName("traffic", request.traffic, policy.traffics);
}

function checkName(kind: string, name: string | undefined, declared: readonly { readonly name: string }[]): void {
  if (name === undefined || declared.some((each) => each.name === name)) return;
  const names = declared.map((each) => each.name).join(", ");
  throw new WrongUsage(`there is no ${kind} "${visibleText(name)}"; ${names === "" ? "the policy has none" : `there is ${names}`}`);
}

function refuse(diagnostics: readonly Diagnostic[], sources: Sources, { common, terminal }: Invocation): ExitCode {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  terminal.err(diagnosticsText(errors, sources, colorOf(common.color, terminal.errIsTerminal, terminal)));
  terminal.err(`lbpolicy: nothing was simulated because of ${counted(errors.length, "error")}\n`);
  return 1;
}
