/** The expectations of a scenario, watched while it runs and judged at its end. */
import type { Expectation, Measure } from "../../model/traffic.ts";
import type { Pace } from "../pace.ts";
import type { SimulationReport, SimulationSummary } from "../report.ts";
import { valueAtRank } from "./rank.ts";
import { copyOfPart, createRunMix, mixMeanSeconds, mixPercentileSeconds, type ResponsePart, type RunMix } from "./response-mix.ts";
import { compares } from "./rules.ts";
import type { StepTimes } from "./step-times.ts";
import { sixDigits } from "./wording.ts";

type Watch = (t: number, load: number, replicas: number, queue: number, times: StepTimes) => void;

export interface ExpectationWatch {
  readonly step: Watch;
  readonly judge: (summary: SimulationSummary) => SimulationReport["expectations"];
}

const percentileOf: { readonly [measure in Measure]?: { readonly of: "response" | "first_token"; readonly p: number } } = {
  p50: { of: "response", p: 0.5 }, p90: { of: "response", p: 0.9 }, p95: { of: "response", p: 0.95 }, p99: { of: "response", p: 0.99 }, p999: { of: "response", p: 0.999 },
  ttft_p50: { of: "first_token", p: 0.5 }, ttft_p95: { of: "first_token", p: 0.95 }, ttft_p99: { of: "first_token", p: 0.99 },
};

export function needsFirstToken(expectations: readonly Expectation[]): boolean {
  return expectations.some((expectation) => percentileOf[expectation.measure]?.of === "first_token");
}

/**
 * Percentiles and response_time are over all requests of the run, with `for R of time` over those of each minute; load_factor, replicas and queue hold at
 * every step. `actual` is the figure that decides: with `for`, the worst of the best R of the time.
 * @param pace the percentiles of a long run take long
 */
export function watchExpectations(expectations: readonly Expectation[], pace: Pace): ExpectationWatch {
  const requests = createRunRequests();
  const gathers = expectations.map((expectation) => gathererOf(expectation, requests, pace));
  const watches: Watch[] = [];
  if (requests.isAsked()) watches.push(requests.step);
  for (const { step } of gathers) if (step !== undefined) watches.push(step);
  return {
    step: (t, load, replicas, queue, times) => {
      for (const watch of watches) watch(t, load, replicas, queue, times);
    },
    judge: (summary) =>
      expectations.map((expectation, index) => {
        const { actual, worstAt } = gathers[index]?.result(summary) ?? { actual: null, worstAt: null };
        const holds = actual !== null && compares(actual, expectation.operator, expectation.value);
        return {
          measure: expectation.measure,
          operator: expectation.operator,
          value: sixDigits(expectation.value),
          actual: actual === null ? null : sixDigits(actual),
          holds,
          worstAt,
          ...(expectation.ofTime === undefined ? {} : { ofTime: expectation.ofTime }),
          ...(expectation.asShare ? { asShare: true as const } : {}),
        };
      }),
  };
}

interface Judged {
  readonly actual: number | null;
  readonly worstAt: number | null;
}

interface Gatherer {
  readonly step?: Watch;
  readonly result: (summary: SimulationSummary) => Judged;
}

type PartKind = "response" | "first_token";
type PartFigure = (parts: readonly ResponsePart[]) => number | undefined;

function gathererOf(expectation: Expectation, requests: RunRequests, pace: Pace): Gatherer {
  const { measure } = expectation;
  const percentile = percentileOf[measure];
  if (percentile !== undefined || measure === "response_time") {
    const figure: PartFigure = (parts) => (percentile === undefined ? mixMeanSeconds(parts) : mixPercentileSeconds(parts, percentile.p, pace));
    const kind = percentile?.of ?? "response";
    return expectation.ofTime === undefined ? { result: requests.judged(kind, figure) } : perMinute(expectation, kind, figure, pace);
  }
  if (measure === "load_factor") return atSteps(expectation, (load) => load, pace);
  if (measure === "replicas") return atSteps(expectation, (_, replicas) => replicas, pace);
  if (measure === "queue") return atSteps(expectation, (_, __, queue) => queue, pace);
  return { result: (summary) => ({ actual: overRun(expectation, summary), worstAt: null }) };
}

function overRun(expectation: Expectation, summary: SimulationSummary): number | null {
  switch (expectation.measure) {
    case "availability":
      return summary.availability;
    case "dropped":
      return expectation.asShare ? 1 - summary.availability : summary.dropped;
    case "scaling_actions":
      return summary.scalingActions;
    case "flaps":
      return summary.flaps;
    default:
      return summary.cost;
  }
}

/** All requests of the run, gathered once for all expectations that ask for them. */
interface RunRequests {
  readonly isAsked: () => boolean;
  readonly step: Watch;
  readonly judged: (kind: PartKind, figure: PartFigure) => Gatherer["result"];
}

function createRunRequests(): RunRequests {
  const mixes = new Map<PartKind, RunMix>();
  const worst = { at: null as number | null, value: -1 };
  const note = (t: number, times: StepTimes): void => {
    if (!times.mayExceed(worst.value)) return;
    const value = times.percentileSeconds("p95");
    if (value === undefined || !(value > worst.value)) return;
    worst.at = t;
    worst.value = value;
  };
  return {
    isAsked: () => mixes.size > 0,
    step: (t, _load, _replicas, _queue, times) => {
      const responses = mixes.get("response");
      if (responses !== undefined) for (const part of times.parts()) responses.add(part);
      const tokens = mixes.get("first_token");
      if (tokens !== undefined) for (const part of times.tokens()) tokens.add(part);
      note(t, times);
    },
    judged: (kind, figure) => {
      const mix = mixes.get(kind) ?? createRunMix();
      mixes.set(kind, mix);
      return () => ({ actual: figure(mix.parts()) ?? null, worstAt: worst.at });
    },
  };
}

function perMinute(expectation: Expectation, kind: PartKind, figure: PartFigure, pace: Pace): Gatherer {
  const values = gatherValues(expectation, pace);
  let minute = 0;
  let parts: ResponsePart[] = [];
  const close = (): void => {
    const value = figure(parts);
    parts = [];
    if (value !== undefined) values.add(minute * 60, value);
  };
  return {
    step: (t, _load, _replicas, _queue, times) => {
      const present = Math.floor(t / 60);
      if (present !== minute) close();
      minute = present;
      for (const part of kind === "response" ? times.parts() : times.tokens()) parts.push(copyOfPart(part));
    },
    result: () => {
      close();
      return values.result();
    },
  };
}

function atSteps(expectation: Expectation, valueOf: (load: number, replicas: number, queue: number) => number, pace: Pace): Gatherer {
  const values = gatherValues(expectation, pace);
  return { step: (t, load, replicas, queue) => values.add(t, valueOf(load, replicas, queue)), result: values.result };
}

interface Values {
  readonly add: (t: number, value: number) => void;
  /** With `for`, the value that this share of all is no worse than, else the worst; and the time of the worst. */
  readonly result: () => Judged;
}

function gatherValues({ operator, ofTime }: Expectation, pace: Pace): Values {
  const direction = operator.startsWith("<") ? 1 : -1;
  // Times the direction: the greater, the worse.
  const kept: number[] = [];
  const worst = { at: null as number | null, value: -Infinity };
  const add = (t: number, value: number): void => {
    const badness = direction * value;
    if (ofTime !== undefined) kept.push(badness);
    if (worst.at !== null && !(badness > worst.value)) return;
    worst.at = t;
    worst.value = badness;
  };
  const result = (): Judged => {
    if (worst.at === null) return { actual: null, worstAt: null };
    if (ofTime === undefined) return { actual: direction * worst.value, worstAt: worst.at };
    pace.work(kept.length / 100);
    const needed = Math.max(1, Math.ceil(Number((ofTime * kept.length).toPrecision(12))));
    return { actual: direction * valueAtRank(Float64Array.from(kept), needed - 1, pace), worstAt: worst.at };
  };
  return { add, result };
}
