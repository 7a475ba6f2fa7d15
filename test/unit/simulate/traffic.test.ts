import assert from "node:assert/strict";
import type { Traffic } from "../../../language/src/model/traffic.ts";
import { wallSeconds } from "../../../language/src/simulate/calendar.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";
import { readTrace, traceRate, type Trace } from "../../../language/src/simulate/trace.ts";
import { arrivalRates, peakRate, type ArrivalOptions } from "../../../language/src/simulate/traffic.ts";
import { openZone } from "../../../language/src/simulate/zoned-time.ts";
import { origin, trafficWith, weekday } from "../../helpers/policies.ts";

const day = 86_400;

/** Rates from 2026-01-05 (a Monday) 00:00 of the traffic's zone. */
function rates(traffic: Traffic, steps: number, stepSeconds = 15, options: Partial<ArrivalOptions> = {}, start = { year: 2026, month: 1, day: 5, secondOfDay: 0 }): readonly number[] {
  const wall = wallSeconds(start);
  const zone = openZone(traffic.timezone, wall, wall + steps * stepSeconds);
  assert.ok(zone !== undefined);
  return [...arrivalRates(traffic, { zone, startInstant: zone.instantOf(wall) }, { steps, stepSeconds, factor: 1, ...options })];
}

const noisy = (fraction: number, seed: number) => trafficWith({ noise: { fraction, seed } });

describe("traffic", () => {
  it("of a day runs in straight lines between its points, around the clock", () => {
    const smooth = rates({ ...weekday, bursts: [], noise: { fraction: 0, seed: 1 } }, 48, 1800);
    assert.equal(smooth[0], 60);
    assert.equal(smooth[20], 500);
    assert.equal(smooth[24], 700);
    assert.equal(smooth[40], 1100);
    assert.equal(smooth[46], 200);
    assert.equal(smooth[47], 130);
  });

  it("ramps from the start and is level after it", () => {
    const ramp = trafficWith({ shape: { kind: "ramp", fromPerSecond: 10, toPerSecond: 110, overSeconds: 100 } });
    assert.deepEqual(rates(ramp, 5, 30), [10, 40, 70, 100, 110]);
  });

  it("is multiplied by its weekdays and by compound growth", () => {
    const weekly = trafficWith({ weekly: [{ days: [6, 7], factor: 0.5 }] });
    assert.deepEqual(rates(weekly, 7, day), [100, 100, 100, 100, 100, 50, 50]);
    const growing = rates(trafficWith({ growth: { fraction: 0.1, perSeconds: day } }), 3, day);
    assert.deepEqual(growing.map((rate) => Number(rate.toFixed(9))), [100, 110, 121]);
  });

  it("bursts each day at its time, by the part of a step that it covers", () => {
    const burst = trafficWith({ bursts: [{ factor: 3, at: { kind: "time", secondOfDay: 45 }, seconds: 20, origin }] });
    const rounded = (found: readonly number[]) => found.map((rate) => Number(rate.toFixed(6)));
    assert.deepEqual(rounded(rates(burst, 5, 15).slice(2)), [100, 300, 166.666667]);
    assert.deepEqual(rounded(rates(burst, 2 * 5760, 15).slice(5763, 5765)), [300, 166.666667]);
  });

  it("bursts once on a date, and multiplies bursts that meet", () => {
    const both = trafficWith({
      bursts: [
        { factor: 2, at: { kind: "date", date: { year: 2026, month: 1, day: 6, secondOfDay: 0 } }, seconds: 3600, origin },
        { factor: 1.5, at: { kind: "time", secondOfDay: 0 }, seconds: 1800, origin },
      ],
    });
    const found = rates(both, 60, 1800);
    assert.deepEqual(found.filter((_, step) => [0, 1, 48, 49, 50].includes(step)), [150, 100, 300, 200, 100]);
  });

  it("follows the wall clock when it is put forward", () => {
    const berlin = trafficWith({ timezone: "Europe/Berlin", shape: { kind: "daily", points: [{ secondOfDay: 0, ratePerSecond: 0 }, { secondOfDay: day / 2, ratePerSecond: 120 }] } });
    assert.deepEqual(rates(berlin, 4, 3600, {}, { year: 2026, month: 3, day: 29, secondOfDay: 0 }), [0, 10, 30, 40]);
  });

  it("has normal noise of its share, the same for the same seed", () => {
    const found = rates(noisy(0.08, 7), 20_000);
    const mean = found.reduce((sum, rate) => sum + rate, 0) / found.length;
    const deviation = Math.sqrt(found.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / found.length);
    assert.ok(Math.abs(mean - 100) < 0.2, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 8) < 0.2, `deviation ${deviation}`);
    const beyond = found.filter((rate) => Math.abs(rate - 100) > 2 * 8).length / found.length;
    assert.ok(Math.abs(beyond - 0.0455) < 0.006, `beyond two deviations ${beyond}`);
    assert.deepEqual(rates(noisy(0.08, 7), 100), found.slice(0, 100));
    assert.notDeepEqual(rates(noisy(0.08, 8), 100), found.slice(0, 100));
    assert.deepEqual(rates(noisy(0.08, 8), 100, 15, { seed: 7 }), found.slice(0, 100));
  });

  it("never falls below 0", () => {
    assert.ok(rates(noisy(3, 1), 1000).every((rate) => rate >= 0));
  });

  it("draws the same bits everywhere", () => {
    const random = randomFrom(42);
    const first = [random.bits(), random.bits(), random.bits()];
    assert.deepEqual(first, referenceBits(42n, 3));
    const large = randomFrom(2 ** 52 + 1);
    assert.deepEqual([large.bits(), large.bits()], referenceBits(2n ** 52n + 1n, 2));
  });
});

/** The generator once more, in big integers modulo 2³². */
function referenceBits(seed: bigint, count: number): readonly number[] {
  const word = 2n ** 32n;
  let [a, b, c, counter] = [0x9e3779b9n, (seed / word) % word, seed % word, 1n];
  const drawn: number[] = [];
  for (let draw = 0; draw < 12 + count; draw++) {
    const sum = (a + b + counter) % word;
    counter += 1n;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) % word;
    c = ((((c << 21n) % word) | (c >> 11n)) + sum) % word;
    drawn.push(Number(sum));
  }
  return drawn.slice(12);
}

describe("the peak of a traffic", () => {
  it("is the highest rate of the first week, with its time", () => {
    assert.deepEqual(peakRate(weekday), { ratePerSecond: 1100, secondsFromStart: 20 * 3600, local: "2026-01-05 20:00" });
  });

  it("counts bursts, just before their end where the rate still rises", () => {
    const strong: Traffic = { ...weekday, bursts: weekday.bursts.map((burst) => ({ ...burst, factor: 2 })) };
    const peak = peakRate(strong);
    assert.ok(Math.abs(peak.ratePerSecond - 2 * (700 + 400 * (40 / 480))) < 1e-3, String(peak.ratePerSecond));
    assert.equal(peak.local, "2026-01-05 12:40");
  });

  it("leaves the noise out and finds the weekday", () => {
    const weekend = trafficWith({ weekly: [{ days: [6], factor: 2 }], noise: { fraction: 1, seed: 3 } });
    assert.deepEqual(peakRate(weekend), { ratePerSecond: 200, secondsFromStart: 5 * day, local: "2026-01-10 00:00" });
  });

  it("of a constant is its start, of a ramp its end, of a trace its highest row", () => {
    assert.deepEqual(peakRate(trafficWith({})), { ratePerSecond: 100, secondsFromStart: 0, local: "2026-01-05 00:00" });
    assert.equal(peakRate(trafficWith({ shape: { kind: "ramp", fromPerSecond: 0, toPerSecond: 90, overSeconds: 7200 } })).local, "2026-01-05 02:00");
    const traced = trafficWith({ shape: traceShape() });
    assert.deepEqual(peakRate(traced, { seconds: [0, 600, 1200], rates: [5, 50, 10] }), { ratePerSecond: 50, secondsFromStart: 600, local: "2026-01-05 00:10" });
  });
});

type TraceShape = Extract<Traffic["shape"], { readonly kind: "trace" }>;

function traceShape(parts: Partial<TraceShape> = {}): TraceShape {
  return { kind: "trace", path: "day.csv", unit: "rps", origin, ...parts };
}

describe("a trace", () => {
  const read = (text: string, parts: Partial<TraceShape> = {}): Trace => {
    const trace = readTrace(text, traceShape(parts));
    assert.ok("rates" in trace, JSON.stringify(trace));
    return trace;
  };

  it("is read by its header, with any line ends and quotes", () => {
    assert.deepEqual(read('\uFEFFrate,"time"\r\n10,0\r\n"20",60\r\n\r\n'), { seconds: [0, 60], rates: [10, 20] });
    assert.deepEqual(read("a,b,c\n5,1,9\n7,2,8\n", { timeColumn: "b", rateColumn: "c" }), { seconds: [0, 1], rates: [9, 8] });
  });

  it("takes ISO 8601, from its first row on", () => {
    assert.deepEqual(read("time,rps\n2026-01-05T08:00:00Z,1\n2026-01-05T10:00:00+01:00,2\n2026-01-05 09:30,3\n").seconds, [0, 3600, 5400]);
  });

  it("converts requests per minute and counts per row", () => {
    assert.deepEqual(read("t,rpm\n0,60\n60,120\n", { unit: "rpm" }).rates, [1, 2]);
    assert.deepEqual(read("t,requests\n0,600\n60,1200\n120,30\n", { unit: "requests" }).rates, [10, 20, 0.5]);
  });

  it("runs in straight lines and holds its last rate", () => {
    const trace = read("t,rps\n0,10\n100,20\n200,0\n");
    assert.deepEqual([0, 50, 100, 150, 200, 1e6].map((t) => traceRate(trace, t)), [10, 15, 20, 10, 0, 0]);
  });

  it("says in which line it cannot be used", () => {
    const problem = (text: string, parts: Partial<TraceShape> = {}) => readTrace(text, traceShape(parts));
    assert.deepEqual(problem("t,rps\n0,10\n0,20\n"), { line: 3, problem: "is not later than the row before" });
    assert.deepEqual(problem("t,rps\n0,ten\n"), { line: 2, problem: 'has no number from 0 in its column "rps"' });
    assert.deepEqual(problem("t,rps\n0,-1\n"), { line: 2, problem: 'has no number from 0 in its column "rps"' });
    assert.deepEqual(problem("t,rps\nnoon,1\n"), { line: 2, problem: 'has no time in its column "t"' });
    assert.deepEqual(problem("t,rps\n0,1\n", { rateColumn: "load" }), { line: 1, problem: 'has no column "load"' });
    assert.deepEqual(problem("t,rps\n"), { line: 1, problem: "has no rows" });
    assert.deepEqual(problem(""), { line: 1, problem: 'has no column "rate"' });
  });
});
