/** `npm run oracles -- FILE…` with cases that nobody recorded: figures worked out by hand, and what is no case at all. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../helpers/root.ts";

const folder = mkdtempSync(join(tmpdir(), "lbpolicy-oracles-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function oracles(...files: readonly string[]): { readonly status: number | null; readonly lines: readonly string[]; readonly errors: string } {
  const result = spawnSync(process.execPath, [fileURLToPath(new URL("scripts/oracles.mjs", root)), "--no-simulation", ...files], { encoding: "utf8", env: { ...process.env, INIT_CWD: folder, ORACLE_SECONDS: "20" } });
  return { status: result.status, lines: result.stdout.trim().split("\n"), errors: result.stderr };
}

function written(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const servers = (...weights: readonly number[]) => weights.map((weight, index) => ({ name: "abcde"[index], weight }));
const exact = { relTolerance: 1e-12 };

const byHand = [
  // ρ = 3/4: W = 1/(μ − λ), the response is exponential, and a quarter does not wait.
  { id: "mm1", kind: "mm1", input: { arrivalRate: 3, serviceRate: 4 }, expected: { W: 1, L: 3, Wq: 0.75, waitP25: 0, responseP50: Math.LN2, responseP999: Math.log(1000), waitP975: Math.log(0.75 / 0.025) }, ...exact },
  { id: "erlang-b", kind: "erlang_b", input: { servers: 2, offeredErlangs: 1 }, expected: { blocking: 1 / 5 }, ...exact },
  { id: "erlang-c", kind: "erlang_c", input: { servers: 2, offeredErlangs: 1 }, expected: { waitProbability: 1 / 3 }, ...exact },
  { id: "md1", kind: "md1", input: { arrivalRate: 0.5, serviceTime: 1 }, expected: { Wq: 0.5, W: 1.5 }, ...exact },
  { id: "mg1", kind: "mg1", input: { arrivalRate: 0.8, meanServiceTime: 1, scv: 4 }, expected: { Wq: 10 }, ...exact },
  { id: "ps", kind: "mg1_ps", input: { arrivalRate: 0.75, meanServiceTime: 1, jobSize: 0.1 }, expected: { meanResponse: 4, meanResponseOfSize: 0.4 }, ...exact },
  { id: "mm12", kind: "mmck", input: { servers: 1, systemCapacity: 2, arrivalRate: 1, serviceRate: 1 }, expected: { blocking: 1 / 3, L: 1, throughput: 2 / 3 }, ...exact },
  { id: "three-choices", kind: "power_of_d", input: { loadPerServer: 0.5, choices: 3, serviceRate: 2 }, expected: { tailAtLeast: [0.5, 0.5 ** 4, 0.5 ** 13] }, ...exact },
  { id: "turns", software: "nginx", algorithm: "round_robin", kind: "sequence", servers: servers(7, 3, 2, 1), picks: [..."abacadabacaba"] },
  { id: "turns-haproxy", software: "haproxy", algorithm: "roundrobin", kind: "sequence", servers: servers(1, 2, 3, 4), picks: [..."dcdbcda"] },
  { id: "gone", software: "nginx", algorithm: "round_robin", kind: "sequence", servers: [{ name: "a", weight: 1, refuses: true }, { name: "b", weight: 1 }], picks: ["b", "b", "b"], tried: ["a>b", "b", "b"] },
  { id: "up", kind: "trajectory", input: { startReplicas: 1, minReplicas: 1, maxReplicas: 20, syncPeriodSeconds: 15, downscaleStabilizationSeconds: 300, desiredPerSync: [100, 100, 100, 100], behavior: null }, expected: { replicasPerSync: [4, 8, 16, 20] } },
];

describe("npm run oracles", () => {
  it("passes cases of the same kinds with other figures", () => {
    assert.deepEqual(oracles(written("by-hand.json", { cases: byHand })), { status: 0, lines: [`${byHand.length} passed, 0 failed`], errors: "" });
  });

  it("prints a line for each that fails, whatever is wrong with it, and the counts", () => {
    const cases = [
      byHand[0],
      { ...byHand[0], id: "wrong", expected: { W: 2 } },
      { ...byHand[0], id: "saturated", input: { arrivalRate: 5, serviceRate: 4 } },
      { ...byHand[0], id: "text", input: { arrivalRate: "3", serviceRate: 4 } },
      { ...byHand[0], id: "missing", input: { arrivalRate: 3 } },
      { ...byHand[0], id: "nothing-expected", expected: {} },
      { ...byHand[8], id: "other-picks", picks: [..."abc"] },
      { ...byHand[8], id: "no-servers", servers: null },
      { ...byHand[11], id: "no-input", input: null },
      { id: "unknown", kind: "toString", input: {}, expected: {} },
      { kind: "mm1", input: {} },
      null, "text", 7,
    ];
    const { status, lines, errors } = oracles(written("faulty.json", { cases }));
    assert.equal(status, 1);
    assert.equal(errors, "");
    assert.equal(lines.at(-1), "1 passed, 13 failed");
    assert.equal(lines.length, cases.length);
    for (const { id } of cases.slice(1, 10) as readonly { readonly id: string }[]) assert.equal(lines.filter((line) => line.startsWith(`${id}: `)).length, 1, id);
    assert.deepEqual(lines.filter((line) => /^\s+at |node:/.test(line)), []);
    assert.match(lines[0] ?? "", /^wrong: W: 1 instead of 2$/);
  });

  it("says what is wrong with a file, and goes on with the next", () => {
    const { status, lines, errors } = oracles(written("no.json", "{"), written("list.json", "[]"), written("null.json", "null"), "nowhere.json", written("one.json", { cases: byHand.slice(0, 1) }));
    assert.deepEqual([status, errors, lines.length, lines.at(-1)], [1, "", 5, "1 passed, 4 failed"]);
    ["no", "list", "null", "nowhere"].forEach((name, index) => assert.ok(lines[index]?.startsWith(`${name}.json: `), lines[index]));
  });
});
