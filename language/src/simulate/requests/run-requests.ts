/** Runs a model of single requests, the shorter way where there is one. */
import { randomFrom } from "../random.ts";
import type { SimulationControl } from "../report.ts";
import { runEvents } from "./events.ts";
import type { RequestArrivals, RequestModel, RequestOutcome, RunStreams } from "./model.ts";
import { isRecursive, runRecursion } from "./recursion.ts";

export interface RequestRunOptions {
  readonly seed: number;
  /** `events` simulates every event; by default only where the recursion does not give the same. `thorough` takes each of them the long way. */
  readonly engine?: "thorough" | "events" | "fastest";
}

/** The same model, arrivals and seed give the same figures on every platform. */
export function runRequests(model: RequestModel, arrivals: RequestArrivals, options: RequestRunOptions, control: SimulationControl = {}): RequestOutcome {
  const { engine = "fastest" } = options;
  if (engine === "fastest" && isRecursive(model)) {
    const outcome = runRecursion(model, arrivals, streamsOf(options.seed), control);
    if (outcome !== undefined) return outcome;
  }
  return runEvents(model, arrivals, streamsOf(options.seed), control, engine === "thorough" ? "thorough" : "fastest");
}

function streamsOf(seed: number): RunStreams {
  const stream = (index: number) => randomFrom(seed + index * 0x1_0000_0000);
  return { arrivals: stream(1), work: stream(2), clients: stream(3), picks: stream(4) };
}
