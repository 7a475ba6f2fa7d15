import assert from "node:assert/strict";
import type { MemberService } from "../../../language/src/simulate/queueing/member.ts";
import { shortestQueueResponseSeconds } from "../../../language/src/simulate/queueing/shortest-queue.ts";
import { unlikeChain } from "../../../language/src/simulate/queueing/unlike-members.ts";
import type { UnlikeMember } from "../../../language/src/simulate/queueing/unlike-members.ts";
import { unlikePool } from "../../../language/src/simulate/queueing/unlike-pool.ts";
import { curve } from "../../helpers/policies.ts";

function member(slots: number, seconds: number, weight: number, parts: Partial<MemberService> = {}): UnlikeMember {
  return { service: { slots, response: curve(seconds), variation: 1, capacityPerSecond: slots / seconds, ...parts }, weight };
}

function responseSeconds(members: readonly UnlikeMember[], load: number): number {
  const chain = unlikeChain(members, "by_weight") ?? assert.fail("no chain");
  const rate = load * chain.capacityPerSecond;
  return chain.at(rate).reduce((sum, { inService, waiting }) => sum + inService + waiting, 0) / rate;
}

describe("the chain of a few unlike members", () => {
  for (const [servers, most] of [[2, 40], [3, 16]] as const) {
    it(`is that of the shortest queue where all ${servers} are alike`, () => {
      for (const load of [0.3, 0.7, 0.9, 0.95]) {
        const exact = shortestQueueResponseSeconds(servers, load, 1, most);
        const ours = responseSeconds(Array.from({ length: servers }, () => member(1, 1, 1)), load);
        assert.ok(Math.abs(ours / exact - 1) < 0.003, `${ours} instead of ${exact} at ${load}`);
      }
    });
  }

  it("comes near one queue in front of all as the load grows", () => {
    const members = [member(1, 1, 1), member(1, 0.5, 2)];
    // One server as fast as both is never slower than they are; the difference is less than one request's time at the slower.
    const fast = 1 / (3 - 0.99 * 3);
    const ours = responseSeconds(members, 0.99);
    assert.ok(ours > fast && ours < fast + 1, `${ours} beside ${fast}`);
  });

  it("gives all of the requests away, and to nobody more than it can serve", () => {
    for (const load of [1e-6, 0.2, 0.7, 0.99, 0.9999, 1 - 1e-7]) {
      const members = [member(1, 1, 1), member(2, 0.5, 3), member(1, 0.1, 1)];
      const pool = unlikePool(members, "idle_first") ?? assert.fail("no pool");
      const shares = pool.sharesAt(load * pool.capacityPerSecond);
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
      shares.forEach((share, index) => {
        const rate = share * load * pool.capacityPerSecond;
        const { responseSeconds: mean, serviceSeconds } = pool.responseAt(index, rate);
        assert.ok(mean >= serviceSeconds && Number.isFinite(mean), `${mean} at ${load}`);
        assert.ok(rate < (members[index]?.service.capacityPerSecond ?? 0), `${rate} at ${load}`);
      });
    }
  });

  it("answers the same whatever was asked before", () => {
    const members = [member(1, 1, 1), member(1, 0.3, 1), member(1, 0.7, 2)];
    const ask = (loads: readonly number[]): unknown => {
      const chain = unlikeChain(members, "idle_first") ?? assert.fail("no chain");
      return loads.map((load) => chain.at(load * chain.capacityPerSecond)).at(-1);
    };
    assert.deepEqual(ask([0.95, 0.2, 0.6]), ask([0.6]));
  });

  it("takes slots that a rounding error makes more than whole for whole", () => {
    const chance = (slots: number): number => unlikeChain([member(slots, 1, 1), member(1, 2, 1)], "by_weight")?.at(2)[0]?.waitProbability ?? assert.fail("no chain");
    assert.ok(Math.abs(chance(3 + 1e-12) - chance(3)) < 1e-9);
  });

  it("is not made where it would have too many states", () => {
    assert.equal(unlikeChain([member(1200, 2, 2), member(900, 3, 1)], "by_weight"), undefined);
    assert.equal(unlikeChain([member(1, 1, 1), member(1, 1, 100)], "by_weight"), undefined);
    assert.equal(unlikeChain([member(1.5, 1, 1), member(1, 1, 1)], "by_weight"), undefined);
  });
});
