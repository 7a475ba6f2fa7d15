/** The expectations of a scenario, watched while it runs and judged at its end. */
import type { Expectation, Measure } from "../../model/traffic.ts";
import type { SimulationReport, SimulationSummary } from "../report.ts";
import { createRunMix, mixPercentileSeconds, type ResponsePart } from "./response-mix.ts";
import { compares } from "./rules.ts";
import { sixDigits } from "./wording.ts";

export interface WatchedStep {
  readonly t: number;
  readonly load: number;
  readonly replicas: number;
  readonly queue: number;
  readonly parts: readonly ResponsePart[];
  readonly tokens: readonly ResponsePart[];
  readonly p95: number | undefined;
  readonly responseSeconds: number | undefined;
}

export interface ExpectationWatch {
  readonly step: (step: WatchedStep) => void;
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
 */
export function watchExpectations(expectations: readonly Expectation[]): ExpectationWatch {
  const gathers = expectations.map(gathererOf);
  return {
    step: (step) => {
      for (const gatherer of gathers) gatherer.step?.(step);
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

interface Gatherer {
  readonly step?: (step: WatchedStep) => void;
  readonly result: (summary: SimulationSummary) => { readonly actual: number | null; readonly worstAt: number | null };
}

function gathererOf(expectation: Expectation): Gatherer {
  const { measure } = expectation;
  const percentile = percentileOf[measure];
  if (percentile !== undefined || measure === "response_time") {
    const partsOf = (step: WatchedStep) => (percentile?.of === "first_token" ? step.tokens : step.parts);
    const figure = (parts: readonly ResponsePart[]) => (percentile === undefined ? meanSeconds(parts) : mixPercentileSeconds(parts, percentile.p));
    return expectation.ofTime === undefined ? overAllRequests(partsOf, figure) : perMinute(expectation, partsOf, figure);
  }
  if (measure === "load_factor") return atSteps(expectation, (step) => step.load);
  if (measure === "replicas") return atSteps(expectation, (step) => step.replicas);
  if (measure === "queue") return atSteps(expectation, (step) => step.queue);
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

function overAllRequests(partsOf: (step: WatchedStep) => readonly ResponsePart[], figure: (parts: readonly ResponsePart[]) => number | undefined): Gatherer {
  const mix = createRunMix();
  let worst = { at: null as number | null, value: -1 };
  return {
    step: (step) => {
      for (const part of partsOf(step)) mix.add(part);
      const value = step.p95 ?? step.responseSeconds;
      if (value !== undefined && value > worst.value) worst = { at: step.t, value };
    },
    result: () => ({ actual: figure(mix.parts()) ?? null, worstAt: worst.at }),
  };
}

function perMinute(
  expectation: Expectation,
  partsOf: (step: WatchedStep) => readonly ResponsePart[],
  figure: (parts: readonly ResponsePart[]) => number | undefined,
): Gatherer {
  const values: { readonly t: number; readonly value: number }[] = [];
  let minute = 0;
  let parts: ResponsePart[] = [];
  const close = (): void => {
    const value = figure(parts);
    if (value !== undefined) values.push({ t: minute * 60, value });
    parts = [];
  };
  return {
    step: (step) => {
      const present = Math.floor(step.t / 60);
      if (present !== minute) close();
      minute = present;
      parts.push(...partsOf(step));
    },
    result: () => {
      close();
      return deciding(expectation, values);
    },
  };
}

function atSteps(expectation: Expectation, valueOf: (step: WatchedStep) => number): Gatherer {
  const values: { readonly t: number; readonly value: number }[] = [];
  let worst: { readonly t: number; readonly value: number } | undefined;
  const isWorse = expectation.operator.startsWith("<") ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  return {
    step: (step) => {
      const each = { t: step.t, value: valueOf(step) };
      if (expectation.ofTime !== undefined) values.push(each);
      else if (worst === undefined || isWorse(each.value, worst.value)) worst = each;
    },
    result: () => (expectation.ofTime !== undefined ? deciding(expectation, values) : { actual: worst?.value ?? null, worstAt: worst?.t ?? null }),
  };
}

/** The value that the share `ofTime` of all is no worse than, and the time of the worst of all. */
function deciding(expectation: Expectation, values: readonly { readonly t: number; readonly value: number }[]): { readonly actual: number | null; readonly worstAt: number | null } {
  if (values.length === 0) return { actual: null, worstAt: null };
  const direction = expectation.operator.startsWith("<") ? 1 : -1;
  const sorted = [...values].sort((a, b) => direction * (a.value - b.value) || a.t - b.t);
  const needed = Math.max(1, Math.ceil(Number(((expectation.ofTime ?? 1) * sorted.length).toPrecision(12))));
  const last = sorted.at(-1);
  const worst = sorted.find((each) => each.value === last?.value);
  return { actual: sorted[needed - 1]?.value ?? null, worstAt: worst?.t ?? null };
}

function meanSeconds(parts: readonly ResponsePart[]): number | undefined {
  let weight = 0;
  let sum = 0;
  for (const { law, offsetSeconds, weight: each } of parts) {
    const wait = law.waitProbability === 0 ? 0 : law.waitProbability / law.waitDecayPerSecond;
    weight += each;
    sum += each * (offsetSeconds + wait + law.serviceSeconds);
  }
  return weight > 0 ? sum / weight : undefined;
}
