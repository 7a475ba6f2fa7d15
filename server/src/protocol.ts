/**
 * What the editor asks the server beyond the Language Server Protocol: method names and plain data, nothing else. The server answers these with
 * the façade; the client and its panel know the language only through them.
 */
import type { ParityNote, SimulationReport, SimulationRequest, TargetName } from "../../language/src/index.ts";

export type {
  Decision, MemberShare, ParityNote, SimulationEvent, SimulationPoint, SimulationReport, SimulationRequest, SimulationSummary, TargetName,
} from "../../language/src/index.ts";

/** Request: `CompileParams` → `CompileResponse`. */
export const compileMethod = "lbpolicy/compile";

/** Request: `SimulateParams` → `SimulateResponse`. Cancelled by the protocol's own cancellation. */
export const simulateMethod = "lbpolicy/simulate";

/** Request: `ScenariosParams` → `ScenariosResponse`. Reports progress and is cancelled between two scenarios. */
export const scenariosMethod = "lbpolicy/scenarios";

/** Request: `ScenarioListParams` → `ScenarioListResponse`. What can be run, without running it. */
export const scenarioListMethod = "lbpolicy/scenarioList";

/** Request: `ParityParams` → `ParityResponse`. */
export const parityMethod = "lbpolicy/parityReport";

/** Request: `SourceMapParams` → `SourceMapResponse`. */
export const sourceMapMethod = "lbpolicy/sourceMap";

/** Request: `ExplainParams` → `ExplainResponse`. */
export const explainMethod = "lbpolicy/explain";

/** `workspace/executeCommand`: one argument, the params of the request of the same name; the answer is that request's. */
export const serverCommands = {
  compile: "lbpolicy.server.compile",
  simulate: "lbpolicy.server.simulate",
  scenarios: "lbpolicy.server.scenarios",
  parityReport: "lbpolicy.server.parityReport",
  sourceMap: "lbpolicy.server.sourceMap",
  explain: "lbpolicy.server.explain",
} as const;

export interface ScenariosParams {
  readonly uri: string;
  /** Only this one; without it all of the policy. */
  readonly scenario?: string;
}

export interface ScenarioListParams {
  readonly uri: string;
}

/** Of the document itself, not of its imports, in their order. */
export interface ScenarioListResponse {
  readonly scenarios: readonly { readonly name: string; readonly range: Problem["range"] }[];
}

export interface ScenariosResponse {
  readonly version: number | null;
  readonly results: readonly ScenarioOutcome[];
  /** Errors for which nothing was run. */
  readonly problems: readonly Problem[];
}

export interface ScenarioOutcome {
  readonly scenario: string;
  /** False also where it could not be run; `problems` says why then. */
  readonly holds: boolean;
  readonly expectations: SimulationReport["expectations"];
  /** What does not hold, in words: the figure, the worst time, the reason; at the `expect` that says it. */
  readonly failures: readonly { readonly message: string; readonly uri: string; readonly range: Problem["range"] }[];
  readonly summary: SimulationReport["summary"] | null;
  readonly problems: readonly Problem[];
}

export interface ParityParams {
  readonly uri: string;
}

/** What each target makes otherwise than the policy says. */
export interface ParityResponse {
  readonly version: number | null;
  readonly targets: readonly {
    readonly target: TargetName;
    /** False where errors prevented its output. */
    readonly isCompiled: boolean;
    readonly notes: readonly (ParityNote & { readonly uri: string; readonly range: Problem["range"] })[];
  }[];
}

/** From a line of the output to the policy, or from a range of the policy to lines of the output. */
export type SourceMapParams =
  | { readonly uri: string; readonly target: TargetName; readonly line: number }
  | { readonly uri: string; readonly target: TargetName; readonly range: Problem["range"] };

export interface SourceMapResponse {
  /** Lines of the output, from 0. */
  readonly lines: readonly number[];
  /** Where the line comes from; null for a line that stands for no place, and where a range was asked about. */
  readonly origin: { readonly uri: string; readonly range: Problem["range"] } | null;
}

export interface ExplainParams {
  /** `LBP2001`. */
  readonly code: string;
}

export interface ExplainResponse {
  readonly code: string;
  readonly name: string;
  readonly severity: Problem["severity"];
  /** Markdown; null where the page is not at hand. */
  readonly page: string | null;
}

export interface CompileParams {
  /** An open document, or one that the server may read. */
  readonly uri: string;
  readonly target: TargetName;
}

export interface CompileResponse {
  /** Of the document compiled; null where it was read from disk. */
  readonly version: number | null;
  readonly target: TargetName;
  /** The whole output; empty where errors prevented it. */
  readonly text: string;
  /** `STEM.nginx.conf`, `STEM.haproxy.cfg` or `STEM.k8s.yaml`, without a folder. */
  readonly fileName: string;
  /** What a file that may be overwritten holds. */
  readonly mark: string;
  /** Errors that prevented the output first, in document order. */
  readonly problems: readonly Problem[];
  readonly notes: readonly ParityNote[];
}

/** A diagnostic in the protocol's positions: lines and UTF-16 characters from 0. */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  readonly message: string;
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface SimulateParams {
  readonly uri: string;
  /** Of the document as the client knows it; given back, so that stale answers can be told. */
  readonly version: number;
  /** Simulated instead of the open document: the last saved text, for the comparison. */
  readonly text?: string;
  readonly request: SimulationRequest;
}

export interface SimulateResponse {
  /** The version asked for, or the newer one that was simulated. */
  readonly version: number;
  readonly outcome: SimulateOutcome;
  /** Wall time of the simulation in milliseconds. */
  readonly elapsedMs: number;
  /** What can be chosen, read from the same text; filled as far as the text can be read, whatever the outcome. */
  readonly choices: SimulationChoices;
  /** Fixed members of the simulated backend that take traffic; empty for an elastic pool, whose members are alike. */
  readonly shares: readonly FixedShare[];
}

export type SimulateOutcome =
  | { readonly kind: "report"; readonly report: SimulationReport }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  /** Several backends have a demand: the user chooses one. */
  | { readonly kind: "choose"; readonly backends: readonly string[] }
  | { readonly kind: "cancelled" };

export interface SimulationChoices {
  readonly backends: readonly { readonly name: string; readonly hasDemand: boolean }[];
  readonly scenarios: readonly { readonly name: string; readonly backend: string; readonly traffic: string | null; readonly durationSeconds: number }[];
  readonly traffics: readonly string[];
}

/** The part of the arrivals that a server takes, a fraction, and what it can serve; null where the policy gives no capacity. */
export interface FixedShare {
  readonly name: string;
  readonly fraction: number;
  readonly capacityPerSecond: number | null;
}
