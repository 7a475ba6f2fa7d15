/** Arrival rates of a traffic over time, in requests per second. */
import type { Moment, Traffic } from "../model/traffic.ts";
import { dateOfDay, dayNumber, secondsPerDay, wallSeconds, wallText, weekdayOfDay } from "./calendar.ts";
import type { Pace } from "./pace.ts";
import { randomFrom } from "./random.ts";
import { traceRate, type Trace } from "./trace.ts";
import { openZone, type Zone } from "./zoned-time.ts";

/** A run's clock: its zone and the instant of its start. */
export interface RunClock {
  readonly zone: Zone;
  readonly startInstant: number;
}

export interface PeakRate {
  readonly ratePerSecond: number;
  readonly secondsFromStart: number;
  /** Wall clock of the traffic's zone, `2026-01-05 20:00`. */
  readonly local: string;
}

/** Seconds since the start, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const firstMonday = dayNumber({ year: 2026, month: 1, day: 5 }) * secondsPerDay;
const secondsPerWeek = 7 * secondsPerDay;

/**
 * The highest rate of the first week from 2026-01-05 00:00 in the traffic's zone: bursts in, noise out. Of equal ones the first.
 * An unknown zone counts as UTC; a trace that is not given as 0.
 */
export function peakRate(traffic: Traffic, trace?: Trace): PeakRate {
  const end = firstMonday + secondsPerWeek;
  const zone = openZone(traffic.timezone, firstMonday, end) ?? utc(firstMonday, end);
  const clock: RunClock = { zone, startInstant: zone.instantOf(firstMonday) };
  const rateAt = smoothRate(traffic, clock, trace);
  const bursts = burstSpans(traffic, clock, secondsPerWeek);
  const burstAt = (t: number) => bursts.reduce((product, burst) => (burst.spans.some((span) => span.from <= t && t < span.to) ? product * burst.factor : product), 1);
  // Between two of these moments the rate is a straight line times a slow growth: its peak is at an end.
  const moments = new Set<number>([0, secondsPerWeek]);
  for (let day = 0; day <= 7; day++) {
    const wall = firstMonday + day * secondsPerDay;
    moments.add(zone.instantOf(wall) - clock.startInstant);
    if (traffic.shape.kind === "daily") {
      for (const point of traffic.shape.points) moments.add(zone.instantOf(wall + point.secondOfDay) - clock.startInstant);
    }
  }
  if (traffic.shape.kind === "ramp") moments.add(traffic.shape.overSeconds);
  for (const at of trace?.seconds ?? []) moments.add(at);
  for (const burst of bursts) for (const span of burst.spans) moments.add(span.from).add(span.to);
  let best = { rate: -1, t: 0 };
  const justBefore = 1e-6;
  for (const t of [...moments].sort((x, y) => x - y)) {
    for (const at of [t - justBefore, t]) {
      if (at < 0 || at >= secondsPerWeek) continue;
      const rate = rateAt(at) * burstAt(at);
      if (rate > best.rate * (1 + 1e-9)) best = { rate, t };
    }
  }
  return {
    ratePerSecond: Number(best.rate.toPrecision(9)),
    secondsFromStart: best.t,
    local: wallText(zone.wallAt(clock.startInstant + best.t)),
  };
}

export interface ArrivalOptions {
  readonly stepSeconds: number;
  readonly steps: number;
  /** Multiplies every rate. */
  readonly factor: number;
  /** Replaces the traffic's own. */
  readonly seed?: number;
  readonly trace?: Trace;
  readonly pace?: Pace;
}

/** The rate of each step: the shape at its start, times the mean of the bursts over it, times the noise. */
export function arrivalRates(traffic: Traffic, clock: RunClock, options: ArrivalOptions): Float64Array {
  const { stepSeconds, steps, factor } = options;
  const rates = new Float64Array(steps);
  const rateAt = smoothRate(traffic, clock, options.trace);
  const { pace } = options;
  for (let step = 0; step < steps; step++) {
    if (step % 4096 === 0) {
      pace?.work(500);
      pace?.reached(step / steps);
    }
    rates[step] = factor * rateAt(step * stepSeconds);
  }
  for (const burst of burstSpans(traffic, clock, steps * stepSeconds)) {
    for (const span of burst.spans) {
      pace?.work(1 + Math.round((span.to - span.from) / stepSeconds / 200));
      const last = Math.min(steps - 1, Math.ceil(span.to / stepSeconds) - 1);
      for (let step = Math.max(0, Math.floor(span.from / stepSeconds)); step <= last; step++) {
        const start = step * stepSeconds;
        const covered = Math.min(span.to, start + stepSeconds) - Math.max(span.from, start);
        rates[step] = (rates[step] ?? 0) * (1 + (burst.factor - 1) * (covered / stepSeconds));
      }
    }
  }
  if (traffic.noise !== undefined && traffic.noise.fraction > 0) {
    const random = randomFrom(options.seed ?? traffic.noise.seed);
    const { fraction } = traffic.noise;
    for (let step = 0; step < steps; step++) {
      if (step % 4096 === 0) pace?.work(200);
      rates[step] = (rates[step] ?? 0) * Math.max(0, 1 + fraction * random.normal());
    }
  }
  return rates;
}

/** When a burst or a fault that lasts `seconds` is on, merged and cut to 0 … `duration`. */
export function momentSpans(at: Moment, seconds: number, clock: RunClock, duration: number): readonly Span[] {
  const { zone, startInstant } = clock;
  const starts: number[] = [];
  if (at.kind === "offset") starts.push(at.seconds);
  else if (at.kind === "date") starts.push(zone.instantOf(wallSeconds(at.date)) - startInstant);
  else {
    const firstDay = Math.floor(zone.wallAt(startInstant - seconds) / secondsPerDay) - 1;
    const lastDay = Math.floor(zone.wallAt(startInstant + duration) / secondsPerDay);
    for (let day = firstDay; day <= lastDay; day++) starts.push(zone.instantOf(day * secondsPerDay + at.secondOfDay) - startInstant);
  }
  return mergedSpans(starts.map((from) => ({ from, to: from + seconds })), 0, duration);
}

/** The union of spans, cut to `from` … `to`. */
export function mergedSpans(spans: readonly Span[], from: number, to: number): readonly Span[] {
  const result: { from: number; to: number }[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const start = Math.max(from, span.from);
    const end = Math.min(to, span.to);
    if (end <= start) continue;
    const last = result.at(-1);
    if (last !== undefined && start <= last.to) last.to = Math.max(last.to, end);
    else result.push({ from: start, to: end });
  }
  return result;
}

/** Shape, weekly factors and growth; no bursts, no noise. */
function smoothRate(traffic: Traffic, clock: RunClock, trace: Trace | undefined): (t: number) => number {
  const base = shapeRate(traffic, clock, trace);
  const factors = weekdayFactors(traffic);
  const growth = traffic.growth;
  const exponent = growth === undefined ? 0 : Math.log1p(growth.fraction) / growth.perSeconds;
  const { zone, startInstant } = clock;
  return (t) => {
    const day = Math.floor(zone.wallAt(startInstant + t) / secondsPerDay);
    const weekly = factors[weekdayOfDay(day)] ?? 1;
    return base(t) * weekly * (exponent === 0 ? 1 : Math.exp(exponent * t));
  };
}

function shapeRate(traffic: Traffic, clock: RunClock, trace: Trace | undefined): (t: number) => number {
  const shape = traffic.shape;
  if (shape.kind === "base") return () => shape.ratePerSecond;
  if (shape.kind === "ramp") {
    return (t) => shape.fromPerSecond + (shape.toPerSecond - shape.fromPerSecond) * (shape.overSeconds > 0 ? Math.min(1, t / shape.overSeconds) : 1);
  }
  if (shape.kind === "trace") return (t) => (trace === undefined ? 0 : traceRate(trace, t));
  const points = [...shape.points].sort((a, b) => a.secondOfDay - b.secondOfDay);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return () => 0;
  const around = [
    { ...last, secondOfDay: last.secondOfDay - secondsPerDay },
    ...points,
    { ...first, secondOfDay: first.secondOfDay + secondsPerDay },
  ];
  let index = 1;
  return (t) => {
    const wall = clock.zone.wallAt(clock.startInstant + t);
    const second = wall - Math.floor(wall / secondsPerDay) * secondsPerDay;
    // Mostly the piece of the time before; else the first that ends later.
    if ((around[index - 1]?.secondOfDay ?? 0) > second) index = 1;
    while (index < around.length - 1 && (around[index]?.secondOfDay ?? 0) <= second) index++;
    const before = around[index - 1] ?? first;
    const after = around[index] ?? last;
    const span = after.secondOfDay - before.secondOfDay;
    return span <= 0 ? before.ratePerSecond : before.ratePerSecond + ((second - before.secondOfDay) / span) * (after.ratePerSecond - before.ratePerSecond);
  };
}

/** By weekday 1 … 7; several lines that name a day multiply. */
function weekdayFactors(traffic: Traffic): readonly number[] {
  const factors = Array.from({ length: 8 }, () => 1);
  for (const line of traffic.weekly) for (const day of new Set(line.days)) factors[day] = (factors[day] ?? 1) * line.factor;
  return factors;
}

function burstSpans(traffic: Traffic, clock: RunClock, duration: number): readonly { readonly factor: number; readonly spans: readonly Span[] }[] {
  return traffic.bursts.map((burst) => ({ factor: burst.factor, spans: momentSpans(burst.at, burst.seconds, clock, duration) }));
}

function utc(from: number, to: number): Zone {
  const zone = openZone("UTC", from, to);
  if (zone === undefined) throw new Error(`UTC is unknown on ${dateOfDay(Math.floor(from / secondsPerDay)).year}`);
  return zone;
}
