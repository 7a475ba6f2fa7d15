/** CURVE, and "of capacity, response, concurrency any two give the third". */
import { strict as assert } from "node:assert";
import { applyEdits } from "../../../language/src/index.ts";
import type { Replica } from "../../../language/src/model/policy.ts";
import { accepted, refused } from "../../helpers/marked-source.ts";

function replica(options: string): Replica {
  return accepted(`backend b { replica ${options} }`).policy.backends[0]?.replica ?? assert.fail();
}

function figures(options: string): readonly (number | undefined)[] {
  const { capacityPerSecond, concurrency, response } = replica(options);
  return [capacityPerSecond, concurrency, response?.points[0]?.seconds].map((value) => (value === undefined ? undefined : Number(value.toPrecision(10))));
}

describe("what a member can do", () => {
  it("of capacity, response and concurrency any two give the third", () => {
    assert.deepEqual(figures("capacity 600rps response 2s"), [600, 1200, 2]);
    assert.deepEqual(figures("response 2s concurrency 1200"), [600, 1200, 2]);
    assert.deepEqual(figures("capacity 600rps concurrency 1200"), [600, 1200, 2]);
    assert.deepEqual(figures("capacity 600rps"), [600, undefined, undefined]);
    assert.deepEqual(figures("response 2s"), [undefined, undefined, 2]);
    assert.deepEqual(figures("concurrency 8"), [undefined, 8, undefined]);
    assert.deepEqual(figures("capacity 1rps"), [1, undefined, undefined]);
  });

  it("a curve gives its last N and the capacity there", () => {
    // the reference's worked example: 35.6 rps
    assert.deepEqual(figures("response 200ms at 1, 900ms at 32"), [Number((32 / 0.9).toPrecision(10)), 32, 0.2]);
    assert.deepEqual(figures("response 650ms at 1, 1.6s at 24"), [15, 24, 0.65]);
    assert.deepEqual(figures("response 200ms at 1, 900ms at 32 concurrency 16"), [Number((16 / (0.2 + (0.7 * 15) / 31)).toPrecision(10)), 16, 0.2]);
  });

  it("where capacity is given with a curve: the smallest N that reaches it", () => {
    // 5 / (0.2 + 0.7 * 4 / 31) = 17.2, 4 / (0.2 + 0.7 * 3 / 31) = 14.9
    assert.deepEqual(figures("response 200ms at 1, 900ms at 32 capacity 16rps"), [16, 5, 0.2]);
    assert.deepEqual(figures("response 100ms at 1, 100ms at 10 capacity 100rps"), [100, 10, 0.1]);
    refused("backend b { replica response 200ms at 1, 900ms at 32 capacity ⟦40rps⟧ }", "LBP3012", /never reaches 40rps.*35\.5\d*rps at 32/);
  });

  it("all three, off by more than 1 %, is an error that shows the sum", () => {
    refused("backend b { replica capacity ⟦600rps⟧ response 2s concurrency 1000 }", "LBP3012", /1000 at once in 2s each are 500rps, not 600rps/);
    accepted("backend b { replica capacity 600rps response 2s concurrency 1206 }");
    refused("backend b { replica capacity ⟦600rps⟧ response 2s concurrency 1220 }", "LBP3012", /610rps/);
  });

  it("a concurrency beyond its curve is an error", () => {
    refused("backend b { replica response 200ms at 1, 900ms at 32 concurrency ⟦33⟧ }", "LBP3012", /33 lies beyond the curve, which ends at 32/);
    refused("backend b { replica response 200ms concurrency 8 ttft 50ms at 1, 90ms at 16 concurrency ⟦concurrency⟧ 8 }".replace(" concurrency ⟦concurrency⟧ 8", " ⟦concurrency⟧ 8"), "LBP1015", /second time/);
  });

  it("the points of a curve are whole and rise", () => {
    refused("backend b { replica response 1s at 8, 2s at ⟦8⟧ }", "LBP3011", /rising order/);
    refused("backend b { replica response 1s at 8, 2s at ⟦4⟧ }", "LBP3011", /from 8 to 4/);
    refused("backend b { replica response 1s at ⟦1.5⟧ }", "LBP3002", /whole number/);
    refused("backend b { replica response 1s at ⟦0⟧ }", "LBP3001", /at/);
    refused("backend b { replica response 1s at 1, 2s⟦⟧ }", "LBP1001", /`at`/);
    refused("backend b { replica response ⟦0s⟧ }", "LBP3001", /response/);
    refused("backend b { replica response ⟦5⟧ }", "LBP2003", /`5s` or `5ms`/);
    refused("backend b { replica response ⟦5rps⟧ at 1 }", "LBP2003", /rate/i);
  });

  it("variation, cost and max_connections are kept", () => {
    const member = replica("capacity 1rps variation 0 cost $2.10/h max_connections 7 ttft 90ms at 1, 400ms at 24");
    assert.deepEqual([member.variation, member.pricePerHour, member.maxConnections, member.ttft?.points], [0, 2.1, 7, [{ concurrency: 1, seconds: 0.09 }, { concurrency: 24, seconds: 0.4 }]]);
    assert.equal(replica("capacity 1rps").variation, 1);
  });

  it("servers and replicas know the same options; a server has more", () => {
    const { policy } = accepted("backend b { server x 10.0.0.1:80 weight 0 capacity 5rps response 1s ttft 1s concurrency 5 variation 2 max_connections 9 backup drain down cost $1/h }");
    const server = policy.backends[0]?.servers[0] ?? assert.fail();
    assert.deepEqual([server.weight, server.backup, server.drain, server.down, server.maxConnections, server.variation, server.pricePerHour], [0, true, true, true, 9, 2, 1]);
    refused("backend b { replica ⟦weight⟧ 2 }", "LBP1003", /A replica has no option `weight`/);
    refused("backend b { replica capacity 1rps ⟦backup⟧ }", "LBP1003", /no option `backup`/);
  });

  it("ranges of values", () => {
    for (const [option, words] of [["weight ⟦257⟧", /0 to 256/], ["weight ⟦1.5⟧", /whole/], ["max_connections ⟦0⟧", /1 to/], ["max_connections ⟦1_000_001⟧", /1000000|1e\+?6/], ["concurrency ⟦0⟧", /1 to/], ["capacity ⟦0rps⟧", /capacity/], ["weight ⟦50%⟧", /share/i]] as const) {
      refused(`backend b { server 10.0.0.1:80 ${option} }`, /%/.test(option) ? "LBP2003" : /1\.5/.test(option) ? "LBP3002" : "LBP3001", words);
    }
  });

  it("a curve along which throughput falls is a warning that names the best concurrency, and its fix serves that many", () => {
    for (const member of ["replica ⟦response 1s at 1, 2s at 16, 12s at 48⟧", "server 10.0.0.1:80 response ⟦1s at 1, 2s at 16, 12s at 48⟧ concurrency 40"]) {
      const marked = `backend b { ${member.replace("⟦response ", "response ⟦")} }`;
      const { severity, fixes } = refused(marked, "LBP3019", /best is 8rps at `concurrency 16`/);
      assert.equal(severity, "warning");
      const text = applyEdits(marked.replaceAll(/[⟦⟧]/g, ""), fixes[0]?.edits ?? []);
      const { policy } = accepted(text);
      assert.equal((policy.backends[0]?.replica ?? policy.backends[0]?.servers[0])?.concurrency, 16);
    }
    accepted("backend b { replica response 1s at 1, 2s at 16, 12s at 48 concurrency 16 }");
    accepted("backend b { replica response 1s at 1, 2s at 16, 12s at 48 capacity 7rps }");
    accepted("backend b { replica response 200ms at 1, 900ms at 32 }");
    // A dip on the way up: the end is the best, and still the curve falls.
    assert.deepEqual(refused("backend b { replica response ⟦1s at 1, 3s at 2, 4s at 16⟧ }", "LBP3019", /best is 4rps at `concurrency 16`/).fixes, []);
  });

  it("a concurrency beyond the curve offers its end", () => {
    assert.deepEqual(refused("backend b { replica response 1s at 1, 2s at 8 concurrency ⟦9⟧ }", "LBP3012", /at most 8/).fixes[0]?.edits.map((edit) => edit.text), ["8"]);
  });
});
