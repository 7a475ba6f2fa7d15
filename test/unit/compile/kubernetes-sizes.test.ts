/** A pool that no threshold moves: the sizes that its CronJobs set are those of the simulator, minute by minute. */
import assert from "node:assert/strict";
import { isList, valueAt } from "../../../language/src/compile/kubernetes/object.ts";
import type { Json } from "../../../language/src/compile/kubernetes/object.ts";
import type { Backend } from "../../../language/src/model/policy.ts";
import type { Schedule, Weekday } from "../../../language/src/model/scaling.ts";
import { defaultKubernetes } from "../../../language/src/model/target.ts";
import { simulatePolicy } from "../../../language/src/simulate/simulate.ts";
import { codesOf, compiled, manifestsOf } from "../../helpers/kubernetes-output.ts";
import { backendWith, origin, policyWith, rateDemand, replicaOf, scaleWith, scenarioWith, workloadWith } from "../../helpers/policies.ts";
import { firings, readWallClock } from "../../helpers/wall-clock.ts";

const workdays: readonly Weekday[] = [1, 2, 3, 4, 5];
const daily: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const window = (name: string, timezone: string, days: readonly Weekday[], startHour: number, endHour: number, replicas: NonNullable<Schedule["replicas"]>): Schedule => ({
  name, timezone, replicas, except: [], origin, windows: [{ kind: "every", days, startSecond: startHour * 3600, endSecond: endHour * 3600, origin }],
});

/** Monday, two weeks before the clocks change in Europe and three after America's did. */
const start = { year: 2026, month: 3, day: 16, secondOfDay: 0 };
const days = 28;
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"];

const cases: Readonly<Record<string, (timezone: string) => readonly Schedule[]>> = {
  "a floor alone, which nothing takes back": (zone) => [window("office", zone, workdays, 8, 20, { min: 20 })],
  "a floor by day and a ceiling by night": (zone) => [window("office", zone, workdays, 8, 20, { min: 20 }), window("night", zone, daily, 21, 6, { min: 2, max: 4 })],
  "overlapping floors and ceilings": (zone) => [
    window("day", zone, daily, 6, 18, { min: 10, max: 12 }), window("noon", zone, workdays, 11, 13, { min: 30, max: 60 }), window("weekend", zone, [6, 7], 0, 24, { min: 2, max: 3 }),
  ],
  "two zones": (zone) => [window("here", zone, workdays, 9, 17, { min: 7, max: 9 }), window("there", "Asia/Tokyo", workdays, 9, 17, { min: 15, max: 20 })],
};

describe("pools without a threshold on Kubernetes", function () {
  this.timeout(60_000);
  for (const [name, schedules] of Object.entries(cases)) {
    it(`have the sizes of the simulator: ${name}, for ${days} days in ${zones.length} zones`, () => {
      for (const zone of zones) compare(zone, poolOf(schedules(zone)));
    });
  }

  it("are told where nothing takes them back, and not where a ceiling does", () => {
    const codes = (name: keyof typeof cases): readonly string[] => codesOf(compiled(policyOf(poolOf(cases[name]?.("UTC") ?? []))));
    assert.ok(codes("a floor alone, which nothing takes back").includes("LBP5555"));
    assert.ok(!codes("a floor by day and a ceiling by night").includes("LBP5555"));
  });
});

function poolOf(schedules: readonly Schedule[]): Backend {
  return backendWith({ demand: rateDemand(10), replica: replicaOf(100), workload: workloadWith({ image: "a:1", port: 80 }), scale: scaleWith(2, 50, { schedules }) });
}

function policyOf(backend: Backend): ReturnType<typeof policyWith> {
  return policyWith({ backends: [backend], targets: [defaultKubernetes] });
}

function compare(zone: string, backend: Backend): void {
  const policy = { ...policyOf(backend), scenarios: [scenarioWith(backend, { start, durationSeconds: days * 86_400 })] };
  const outcome = simulatePolicy(policy, { scenario: "case", stepSeconds: 60 });
  assert.ok(outcome.kind === "report");
  const first = Date.UTC(start.year, start.month - 1, start.day) / 60_000;
  const jobs = manifestsOf(policyOf(backend)).filter((manifest) => valueAt(manifest, "kind") === "CronJob").map((job) => ({
    fires: firings(readWallClock(String(valueAt(job, "spec", "timeZone")), first, days * 1440), String(valueAt(job, "spec", "schedule"))), size: sizeSetBy(job),
  }));
  let size: number | undefined;
  outcome.report.points.forEach((point, minute) => {
    for (const job of jobs) if (job.fires[minute] === 1) size = job.size;
    // The policy starts at its minimum, the cluster with what it has; after a week of bounds both have forgotten that.
    if (minute >= 7 * 1440) assert.equal(size, point.replicas, `${zone}: ${new Date((first + minute) * 60_000).toISOString()}`);
  });
  assert.ok(size !== undefined, `${zone}: no job ever fired`);
}

function sizeSetBy(job: Json): number {
  const args = valueAt(job, "spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "args");
  const patch = isList(args) ? String(args.at(-1)).replace("--patch=", "") : "{}";
  return Number(valueAt(JSON.parse(patch) as Json, "spec", "replicas"));
}
