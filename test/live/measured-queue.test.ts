/** nginx before slow members under an open load: mean and p95 are those that the simulation predicts. bench/simulate/measured-queue.mjs prints more of it. */
import assert from "node:assert/strict";
import { average, meanAndP95, poolBalancer, replayed, simulated, standardDeviation, startOpenLoad } from "../helpers/open-load.ts";
import type { Method, Sent } from "../helpers/open-load.ts";

const pool = { members: 4, slots: 2, meanSeconds: 0.02 };
const secondsPerLoad = 2.2;
/** Requests that find the pool emptier than it is later. */
const warmUpSeconds = 0.3;

describe("nginx before slow members, measured", () => {
  for (const [method, loads] of [["round_robin", [0.3, 0.6, 0.8]], ["least_conn", [0.6, 0.8]]] as const) {
    it(`${method} at ${loads.join(", ")}`, async () => {
      const load = await startOpenLoad(pool, method);
      try {
        // Connections and compiled code first.
        await load.send(200, 0.5, 1);
        for (const [index, rho] of loads.entries()) await measure(load, method, rho, 11 + index);
      } finally {
        await load.stop();
      }
    }).timeout(60_000);
  }
});

type Load = Awaited<ReturnType<typeof startOpenLoad>>;

async function measure(load: Load, method: Method, rho: number, seed: number): Promise<void> {
  const rate = (rho * pool.members * pool.slots) / pool.meanSeconds;
  let sent = await load.send(rate, secondsPerLoad, seed);
  // On a machine that is busy with something else, once more.
  if (delay(sent) > 0.004) sent = await load.send(rate, secondsPerLoad, seed + 100);
  const counted = sent.filter((each) => each.due >= warmUpSeconds);
  const measured = meanAndP95(counted.map((each) => each.seconds));
  const busy = delay(counted);
  const where = `${method} at ${rho}, ${counted.length} requests, ${ms(busy)} ms late: `;

  if (method === "round_robin") {
    const turns = Array.from({ length: pool.members }, (_, member) => sent.filter((each) => each.member === member).length);
    assert.ok(Math.max(...turns) - Math.min(...turns) <= 1, `${where}${turns.join(" ")} requests`);
  }
  // With the service times that were really met, all that is left is the way through nginx and waiting for a processor; each in a queue that multiplies it.
  const again = meanAndP95(replayed(pool, poolBalancer(pool, method), sent).seconds.filter((_, index) => (sent[index]?.due ?? 0) >= warmUpSeconds));
  const queueing = 1 / (1 - rho);
  assert.ok(measured.mean > 0.85 * again.mean && measured.mean < again.mean + 0.004 + 2 * busy * queueing, `${where}mean ${ms(measured.mean)}, replayed ${ms(again.mean)} ms`);
  assert.ok(measured.p95 > 0.75 * again.p95 && measured.p95 < 1.3 * again.p95 + 0.01 + 4 * busy * queueing, `${where}p95 ${ms(measured.p95)}, replayed ${ms(again.p95)} ms`);

  // Prediction: four standard deviations of a run as short as this one, at a load that is as much higher as the members were slower than they should have been.
  const slower = Math.min(0.95 / rho, Math.max(1, average(counted.map((each) => each.took)) / average(counted.map((each) => each.drawn))));
  const warmUp = Math.round(rate * warmUpSeconds);
  const short = Array.from({ length: 60 }, (_, run) => simulated({ ...pool, meanSeconds: pool.meanSeconds * slower }, method, rate, counted.length, warmUp, 1000 + run));
  for (const figure of ["mean", "p95"] as const) {
    const values = short.map((each) => each[figure]);
    const bound = 4 * standardDeviation(values) + 0.005 + 3 * busy * queueing;
    assert.ok(Math.abs(measured[figure] - average(values)) < bound, `${where}${figure} ${ms(measured[figure])} ms, predicted ${ms(average(values))} ± ${ms(bound)} ms`);
  }
}

/** How late requests left, and how much longer than drawn they were served, on average. */
function delay(sent: readonly Sent[]): number {
  return average(sent.map((each) => each.lag)) + average(sent.map((each) => each.took - each.drawn));
}

function ms(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}
