/** A made-up report in the shape of a real one, for tests of what shows it. Not a simulation: only plausible. */
import type { SimulationEvent, SimulationPoint, SimulationReport } from "../../server/src/protocol.ts";

export interface FakeOptions {
  readonly durationSeconds?: number;
  readonly stepSeconds?: number;
  /** Multiplies the arrivals. */
  readonly load?: number;
  readonly seed?: number;
  /** False: a pool of fixed size, without schedules and decisions. */
  readonly scaling?: "elastic" | "fixed";
}

const memberCapacity = 40;
const startupSteps = 3;

/** A day with a rush at 12:30 that the pool is late for. */
export function fakeReport(options: FakeOptions = {}): SimulationReport {
  const { durationSeconds = 86_400, stepSeconds = 15, load = 1, seed = 7, scaling = "elastic" } = options;
  const random = sequence(seed);
  const points: SimulationPoint[] = [];
  const events: SimulationEvent[] = [];
  const starting: number[] = [];
  let wanted = scaling === "fixed" ? 12 : 3;
  let ready = wanted;
  let cost = 0;
  let queue = 0;
  let quietUntil = 0;
  for (let t = 0; t <= durationSeconds; t += stepSeconds) {
    const hour = (t / 3600) % 24;
    const day = 60 + 1000 * Math.max(0, Math.sin(((hour - 4) / 21) * Math.PI)) ** 1.6;
    const arrivalRate = day * (hour > 12.5 && hour < 12.7 ? 2 : 1) * load * (1 + 0.08 * (random() - 0.5));
    while (starting[0] !== undefined && starting[0] <= t) { starting.shift(); ready += 1; }
    const capacity = ready * memberCapacity;
    const rho = arrivalRate / capacity;
    const inOffice = hour >= 8 && hour < 20;
    const minReplicas = scaling === "elastic" && inOffice ? 6 : 2;
    const recommended = Math.max(minReplicas, Math.min(60, Math.ceil((wanted * rho) / 0.7)));
    if (scaling === "elastic" && Math.abs(rho / 0.7 - 1) > 0.1 && t >= quietUntil && recommended !== wanted) {
      const next = recommended > wanted ? Math.min(recommended, wanted + 4) : Math.max(recommended, wanted - 1);
      events.push({
        t, from: wanted, to: next, reason: `busy asked for ${recommended}`,
        decision: { by: "threshold", threshold: "busy", metric: "load_factor", value: rho, target: 0.7, ratio: rho / 0.7, recommended, heldBackBy: next === recommended ? [] : [next > wanted ? "up: +4 per 15 s" : "down: window 5 min"] },
      });
      for (let i = wanted; i < next; i++) starting.push(t + startupSteps * stepSeconds);
      if (next < wanted) ready = Math.min(ready, next);
      quietUntil = t + (next > wanted ? stepSeconds : 900);
      wanted = next;
    }
    const saturated = rho >= 1;
    queue = saturated ? queue + (arrivalRate - capacity) * stepSeconds : 0;
    const mean = 0.2 * (1 + 0.4 * rho ** 4 / Math.max(0.03, 1 - rho));
    cost += (wanted * 2.1 * stepSeconds) / 3600;
    points.push({
      t, arrivalRate, capacity, replicas: wanted, ready, loadFactor: rho, queue, dropped: saturated ? 3 : 0, cost, minReplicas, maxReplicas: 60,
      ...(saturated
        ? { responseTime: null, p50: null, p95: null, p99: null, saturated: true as const }
        : { responseTime: mean, p50: mean * 0.8, p95: mean * 2, p99: mean * 2.9 }),
    });
  }
  return { ...frame(durationSeconds, stepSeconds, seed, scaling), points, events, summary: summarize(points, events, stepSeconds) };
}

function frame(durationSeconds: number, stepSeconds: number, seed: number, scaling: "elastic" | "fixed"): Omit<SimulationReport, "points" | "events" | "summary"> {
  const days = Math.ceil(durationSeconds / 86_400);
  return {
    backend: "inference", scenario: "busy_day", traffic: "weekday", target: "nginx", seed, stepSeconds, durationSeconds,
    start: "2026-01-05T00:00:00", timezone: "Asia/Shanghai", targetLoadFactor: scaling === "elastic" ? 0.7 : null, toleranceUp: 0.1, toleranceDown: 0.1,
    schedules: scaling === "fixed" ? [] : Array.from({ length: days }, (_, day) => ({ name: "office_hours", from: day * 86_400 + 28_800, to: day * 86_400 + 72_000, min: 6, max: 60 })),
    expectations: [
      { measure: "p95", operator: "<", value: 0.8, actual: 0.62, holds: true, worstAt: 45_000 },
      { measure: "availability", operator: ">=", value: 0.999, actual: 0.9994, holds: true, worstAt: 45_000 },
      { measure: "flaps", operator: "<=", value: 4, actual: 7, holds: false, worstAt: 45_000 },
    ],
    members: [{ name: "members", count: 1, ratePerSecond: memberCapacity, loadFactor: 1, state: "ready" }],
    notes: ["Retries do not change the load.", "Members start in 45 s each, whatever the image."],
  };
}

function summarize(points: readonly SimulationPoint[], events: readonly SimulationEvent[], stepSeconds: number): SimulationReport["summary"] {
  const peak = points.reduce((best, point) => (point.loadFactor > best.loadFactor ? point : best));
  const worst = points.reduce((best, point) => ((point.p95 ?? 0) > (best.p95 ?? 0) ? point : best));
  const asked = points.reduce((sum, point) => sum + point.arrivalRate * stepSeconds, 0);
  const dropped = points.reduce((sum, point) => sum + point.dropped, 0);
  const sizes = points.map((point) => point.replicas);
  return {
    peakArrivalRate: Math.max(...points.map((point) => point.arrivalRate)), peakLoadFactor: peak.loadFactor, peakLoadFactorAt: peak.t,
    worstP95: worst.p95, worstP95At: worst.t, minReplicas: Math.min(...sizes), maxReplicas: Math.max(...sizes),
    scalingActions: events.length, flaps: 2, availability: 1 - dropped / asked, dropped, cost: points.at(-1)?.cost ?? null,
    secondsAboveTarget: 600, saturatedSeconds: points.filter((point) => point.saturated).length * stepSeconds,
  };
}

/** Numbers from 0 to 1, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
