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
  const minutes: number[] = [];
  const values: number[] = [];
  let minute = 0;
  let parts: ResponsePart[] = [];
  const close = (): void => {
    const value = figure(parts);
    parts = [];
    if (value === undefined) return;
    minutes.push(minute * 60);
    values.push(value);
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
      return deciding(expectation, minutes, values, pace);
    },
  };
}

function atSteps(expectation: Expectation, valueOf: (load: number, replicas: number, queue: number) => number, pace: Pace): Gatherer {
  const times: number[] = [];
  const values: number[] = [];
  const worst = { t: null as number | null, value: NaN };
  const direction = expectation.operator.startsWith("<") ? 1 : -1;
  return {
    step: (t, load, replicas, queue) => {
      const value = valueOf(load, replicas, queue);
      if (expectation.ofTime !== undefined) {
        times.push(t);
        values.push(value);
      } else if (worst.t === null || direction * value > direction * worst.value) {
        worst.t = t;
        worst.value = value;
      }
    },
    result: () => (expectation.ofTime !== undefined ? deciding(expectation, times, values, pace) : { actual: worst.t === null ? null : worst.value, worstAt: worst.t }),
  };
}

/** The value that the share `ofTime` of all is no worse than, and the time of the worst of all. */
function deciding(expectation: Expectation, times: readonly number[], values: readonly number[], pace: Pace): Judged {
  if (values.length === 0) return { actual: null, worstAt: null };
  const direction = expectation.operator.startsWith("<") ? 1 : -1;
  const directed = new Float64Array(values.length);
  let worst = 0;
  for (let index = 0; index < values.length; index++) {
    directed[index] = direction * (values[index] ?? 0);
    if ((directed[index] ?? 0) > (directed[worst] ?? 0)) worst = index;
    if (index % 1024 === 0) pace.work(10);
  }
  const worstAt = times[worst] ?? null;
  const needed = Math.max(1, Math.ceil(Number(((expectation.ofTime ?? 1) * values.length).toPrecision(12))));
  const actual = valueAtRank(directed, needed - 1, pace);
  return { actual: direction * actual, worstAt };
}
