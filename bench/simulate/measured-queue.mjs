// The real nginx before slow members, under an open load, beside what the formulas and the simulation of requests say:
// node bench/simulate/measured-queue.mjs [SECONDS [TIMES]] (after npx tsc -b). About 50 s; of several times the one is shown in which client and members were least late. Everything runs on loopback. test/live/measured-queue.test.ts judges a shorter one.
//
// Four members of two slots each answer after an exponentially distributed time of mean 20 ms, first come, first served. nginx shares the requests in turn or by
// fewest connections. Requests leave as a Poisson process whether answers come or not; the time of each is taken from when it was due.
import { steadyState } from "../../out/language/src/index.js";
import { average, meanAndP95, poolBalancer, replayed, simulated, standardDeviation, startOpenLoad } from "../../out/test/helpers/open-load.js";
import { poolPercentileSeconds } from "../../out/language/src/simulate/steady/steady-state.js";

const pool = { members: 4, slots: 2, meanSeconds: 0.02 };
const secondsPerRun = Number(process.argv[2] ?? 5.5);
const times = Number(process.argv[3] ?? 1);
const warmUpSeconds = 0.5;
const loads = [0.3, 0.5, 0.7, 0.85];

/** @typedef {import("../../out/test/helpers/open-load.js").MeanAndP95} Figures */

/** The figures beside the text. @param {string} algorithm @param {number} ratePerSecond */
function formula(algorithm, ratePerSecond) {
  const origin = { file: "", range: { start: 0, end: 0 } };
  const server = (/** @type {string} */ name) => ({
    name, address: { kind: "ipv4", host: "127.0.0.1", port: 1 }, weight: 1, backup: false, drain: false, down: false, origin, variation: 1,
    response: { points: [{ concurrency: 1, seconds: pool.meanSeconds }], origin }, concurrency: pool.slots, capacityPerSecond: pool.slots / pool.meanSeconds,
  });
  const backend = /** @type {any} */ ({ name: "pool", servers: Array.from({ length: pool.members }, (_, index) => server(`m${index}`)), strategy: { algorithm: { kind: algorithm }, retry: { count: 1, on: [], unsafe: false } }, timeouts: {}, stream: false, origin });
  const state = steadyState(backend, ratePerSecond);
  return { mean: state.pool.response.kind === "steady" ? state.pool.response.responseSeconds : NaN, p95: poolPercentileSeconds(state, 0.95) ?? NaN };
}

const ms = (/** @type {number} */ seconds) => (seconds * 1000).toFixed(1).padStart(8);
console.log(`nginx, ${pool.members} members × ${pool.slots} slots × ${pool.meanSeconds * 1000} ms exponential, ${secondsPerRun} s each; milliseconds`);
console.log("method       load requests | mean measured replayed simulated       formula | p95 measured replayed simulated       formula | late | same member");
for (const [kind, algorithm] of /** @type {const} */ ([["round_robin", "round_robin"], ["least_conn", "least_connections"]])) {
  const open = await startOpenLoad(pool, kind);
  // Connections and compiled code first.
  const balancer = poolBalancer(pool, kind);
  replayed(pool, balancer, await open.send(200, 1.5, 1));
  for (const [index, rho] of loads.entries()) {
    const rate = (rho * pool.members * pool.slots) / pool.meanSeconds;
    /** @type {{ measured: Figures, replay: Figures, counted: number, late: number, same: number } | undefined} */
    let calmest;
    for (let time = 0; time < times; time++) {
      const sent = await open.send(rate, secondsPerRun, 7 + index + 100 * time);
      const again = replayed(pool, balancer, sent);
      const counts = sent.map((each) => each.due > warmUpSeconds);
      const counted = sent.filter((_, place) => counts[place]);
      const late = average(counted.map((each) => each.lag + each.took - each.drawn));
      if (calmest !== undefined && calmest.late <= late) continue;
      calmest = {
        measured: meanAndP95(counted.map((each) => each.seconds)), replay: meanAndP95(again.seconds.filter((_, place) => counts[place])), counted: counted.length, late, same: again.same,
      };
    }
    if (calmest === undefined) continue;
    const { measured, replay, counted, late, same } = calmest;
    const expected = simulated(pool, kind, rate, 2_000_000, 200_000, 1);
    const short = Array.from({ length: 100 }, (_, run) => simulated(pool, kind, rate, counted, Math.round(rate * warmUpSeconds), 1000 + run));
    const spread = (/** @type {"mean" | "p95"} */ figure) => (2000 * standardDeviation(short.map((each) => each[figure]))).toFixed(1).padEnd(5);
    const line = (/** @type {"mean" | "p95"} */ figure) => `${ms(measured[figure])} ${ms(replay[figure])} ${ms(expected[figure])} ± ${spread(figure)} ${ms(formula(algorithm, rate)[figure])}`;
    console.log(`${kind.padEnd(12)} ${rho.toFixed(2)} ${String(counted).padStart(8)} | ${line("mean")} | ${line("p95")} | ${ms(late)} | ${(100 * same).toFixed(1)} %`);
  }
  await open.stop();
}
