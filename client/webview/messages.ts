/** What the panel and its host say to each other, and the checks on what arrives: a message that does not fit is dropped. */
import type { FixedShare, Problem, SimulationChoices, SimulationReport, TargetName } from "../../server/src/protocol.ts";

/** Which run the panel shows. `default` until the user chooses: the backend's first scenario, else its demand. */
export type Run =
  | { readonly kind: "default" | "demand" }
  | { readonly kind: "scenario" | "traffic"; readonly name: string };

export interface Choice {
  readonly backend: string | null;
  readonly run: Run;
  /** Instead of the run's own duration. */
  readonly durationSeconds: number | null;
  readonly target: TargetName;
  /** Multiplies the arrivals. */
  readonly load: number;
}

export const defaultChoice: Choice = { backend: null, run: { kind: "default" }, durationSeconds: null, target: "nginx", load: 1 };

export type PanelStatus =
  | { readonly kind: "current" | "running" }
  /** The text has errors: what is shown is of the last text without. */
  | { readonly kind: "stale"; readonly problems: readonly Problem[] }
  | { readonly kind: "choose"; readonly backends: readonly string[] }
  /** Nothing can be simulated now; `retry` offers a button. */
  | { readonly kind: "unavailable"; readonly message: string; readonly retry: "offered" | "automatic" };

export interface PanelView {
  readonly uri: string;
  readonly title: string;
  readonly status: PanelStatus;
  readonly report: SimulationReport | null;
  /** Of the last saved text; null where it is the same text or cannot be simulated. */
  readonly baseline: SimulationReport | null;
  readonly shares: readonly FixedShare[];
  readonly elapsedMs: number;
  readonly choices: SimulationChoices;
  readonly choice: Choice;
}

export type HostMessage =
  | { readonly type: "show"; readonly view: PanelView }
  /** The picture stays, only its standing changes. */
  | { readonly type: "status"; readonly status: PanelStatus };

export type PanelMessage =
  | { readonly type: "ready" | "export" | "retry" }
  | { readonly type: "choose"; readonly choice: Choice }
  /** Go to the problem with this index in `status.problems`. */
  | { readonly type: "reveal"; readonly problem: number };

/** What the panel keeps across a reload of the window. */
export interface PanelState {
  readonly uri: string;
  readonly choice: Choice;
  /** Seconds since the start under the crosshair; null until it was moved. */
  readonly at: number | null;
}

const longestName = 1024;
const longestDurationSeconds = 3_660 * 86_400;
const targets: readonly string[] = ["nginx", "haproxy", "kubernetes"];

/** The message, or undefined for anything that is not one. */
export function parsePanelMessage(value: unknown): PanelMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type } = value;
  if (type === "ready" || type === "export" || type === "retry") return { type };
  if (type === "choose") {
    const choice = parseChoice(value["choice"]);
    return choice && { type, choice };
  }
  if (type === "reveal") {
    const problem = value["problem"];
    return typeof problem === "number" && Number.isSafeInteger(problem) && problem >= 0 ? { type, problem } : undefined;
  }
  return undefined;
}

/** The state that the panel kept, or undefined where it was not kept by this panel. */
export function parsePanelState(value: unknown): PanelState | undefined {
  if (!isRecord(value)) return undefined;
  const { uri, at } = value;
  const choice = parseChoice(value["choice"]);
  if (typeof uri !== "string" || uri.length === 0 || uri.length > 8192 || choice === undefined) return undefined;
  if (at !== null && !(typeof at === "number" && at >= 0 && at <= longestDurationSeconds)) return undefined;
  return { uri, choice, at };
}

/** What the host posted, or undefined. The host is ours: only the shape that tells versions apart is looked at. */
export function parseHostMessage(value: unknown): HostMessage | undefined {
  if (!isRecord(value)) return undefined;
  if (value["type"] === "status") return isStatus(value["status"]) ? (value as unknown as HostMessage) : undefined;
  if (value["type"] !== "show" || !isRecord(value["view"])) return undefined;
  const { status, choices, choice, report } = value["view"];
  if (!isStatus(status) || !isRecord(choices) || parseChoice(choice) === undefined) return undefined;
  if (report !== null && !(isRecord(report) && Array.isArray(report["points"]))) return undefined;
  return value as unknown as HostMessage;
}

function isStatus(value: unknown): boolean {
  return isRecord(value) && typeof value["kind"] === "string";
}

function parseChoice(value: unknown): Choice | undefined {
  if (!isRecord(value)) return undefined;
  const { backend, durationSeconds, target, load } = value;
  const run = parseRun(value["run"]);
  if (run === undefined) return undefined;
  if (backend !== null && !isName(backend)) return undefined;
  if (durationSeconds !== null && !isBetween(durationSeconds, 1, longestDurationSeconds)) return undefined;
  if (typeof target !== "string" || !targets.includes(target) || !isBetween(load, 0, 1000)) return undefined;
  return { backend, run, durationSeconds, target: target as TargetName, load };
}

function parseRun(value: unknown): Run | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, name } = value;
  if (kind === "default" || kind === "demand") return { kind };
  return (kind === "scenario" || kind === "traffic") && isName(name) ? { kind, name } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= longestName;
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}
