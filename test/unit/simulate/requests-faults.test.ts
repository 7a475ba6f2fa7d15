import assert from "node:assert/strict";
import type { RequestFault, RequestFigures } from "../../../language/src/simulate/requests/model.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import { curve } from "./policy-parts.ts";
import { drawnModels, figuresOf, haproxyBefore, members, modelOf, nginxBefore, steadily } from "./request-models.ts";

const roundRobin = { kind: "round_robin" } as const;
const turns = { kind: "roundrobin" } as const;
const fails = (member: number, from: number, to: number): RequestFault => ({ kind: "fail", member, factor: 1, from, to });

describe("members that fail", () => {
  it("lose what is in them; what comes then goes to the next after a refused try", () => {
    const model = nginxBefore(roundRobin, members(2, 4, 1, 0), { faults: [fails(0, 10.5, 1000)] });
    // 1 per second each, constant service of 1 s: one or so is inside.
    const figures = figuresOf(model, { ...steadily(2, 1000, 0), variation: 0 });
    assert.equal(figures.failed.member_lost, 1);
    assert.equal(figures.answered, 999);
    // Out for 10 s after one failure, looked at again after 11: every 11 s a try in vain.
    assert.ok(figures.retried >= 40 && figures.retried <= 50, `${figures.retried}`);
  });

  it("cost requests where nothing is tried again", () => {
    const figures = figuresOf(nginxBefore(roundRobin, members(2, 4, 0.1), { retries: 0, faults: [fails(0, 0, 1000)] }), steadily(2, 1000, 0));
    assert.ok(figures.failed.no_member >= 40 && figures.failed.no_member <= 50, `${figures.failed.no_member}`);
    assert.equal(figures.retried, 0);
  });

  it("are found out by active checks and come back when these succeed", () => {
    const detection = { active: { intervalSeconds: 5, rise: 2, fall: 3 } };
    // Fails at 11: probes at 15, 20 and 25 fail; well at 61: probes at 65 and 70 succeed.
    const figures = figuresOf(haproxyBefore(turns, members(2, 10, 0.1), { detection, faults: [fails(0, 11, 61)] }), { ...steadily(10, 1000, 0), variation: 0 });
    // The second try takes the other's turn, so the next request meets the failed one again.
    near("tries in vain", figures.retried, (25 - 11) * 10, 2);
    near("answered by the other", figures.members[1]?.answered, 500 + (70 - 11) * 5, 4);
    assert.equal(figures.availability, 1 - figures.failed.member_lost / 1000);
  });

  it("are out for a while after errors in a row on HAProxy", () => {
    const figures = figuresOf(haproxyBefore(turns, members(2, 10, 0.1), { detection: { passive: { fall: 3, seconds: 20 } }, faults: [fails(0, 0, 90)] }), { ...steadily(10, 1000, 0), variation: 0 });
    assert.equal(figures.retried, 3);
  });

  it("leave their requests to the backup only when all are gone", () => {
    const servers = ["a", "b", "c"].map((name, index) => ({ name, address: `10.0.0.${index + 1}:80`, weight: 1, backup: name === "c" }));
    const run = (faults: readonly RequestFault[]): RequestFigures =>
      figuresOf(modelOf(members(3, 5, 0.1), (random) => nginxBalancer(roundRobin, servers, random), { retries: 2, faults }), steadily(10, 2000, 0));
    assert.equal(run([fails(0, 50, 100)]).members[2]?.answered, 0);
    assert.ok((run([fails(0, 50, 150), fails(1, 50, 150)]).members[2]?.answered ?? 0) > 900);
  });

  it("go on slower and take less where connections are counted", () => {
    const slow: RequestFault = { kind: "slow", member: 0, factor: 4, from: 0, to: 1e9 };
    const figures = figuresOf(nginxBefore({ kind: "least_conn" }, members(2, 500, 0.1), { faults: [slow] }), steadily(2000, 100_000));
    // As many in flight at each: the rates are as 1 to 4.
    near("share", figures.members[0]?.share, 0.2, 0.01);
    near("response", figures.members[0]?.response?.mean, 0.4, 0.02);
  });

  it("that come back take part of their turns during the slow start", () => {
    const servers = ["a", "b"].map((name, index) => ({ name, address: `10.0.0.${index + 1}:80`, weight: 1 }));
    const run = (slowStartSeconds: number): number =>
      figuresOf(modelOf(members(2, 50, 0.1), () => haproxyBalancer(turns, servers), { slowStartSeconds, detection: { active: { intervalSeconds: 1, rise: 1, fall: 1 } }, faults: [fails(0, 0, 100)] }), steadily(50, 10_000, 0)).members[0]?.answered ?? 0;
    // 100 s at 50 per second; as HAProxy's weights, p to 1 while p rises: ∫ p/(1 + p) dp = 1 − ln 2 of them.
    near("at once", run(0), 2500, 60);
    near("slowly", run(100), 5000 * (1 - Math.log(2)), 100);
  });
});

describe("time limits", () => {
  it("of the queue: who waits longer fails", () => {
    const list = members(1, 1, 1, 0, { maxConnections: 1 });
    const figures = figuresOf(haproxyBefore(turns, list, { waitingRoom: 1000, queueSeconds: 2.5 }), { ...steadily(2, 400, 0), variation: 0 });
    assert.ok((figures.wait?.max ?? 9) <= 2.5);
    near("half fail", figures.failed.queue_timeout, 200, 4);
    assert.equal(figures.failed.queue_timeout + figures.answered, 400);
  });

  it("of the queue that never come are none: nobody gets the limit of one that was answered in its place", () => {
    const list = members(2, 1, 0.1, 1, { maxConnections: 3 });
    const run = (queueSeconds: number) => figuresOf(haproxyBefore(turns, list, { waitingRoom: 5, queueSeconds, readSeconds: 0.2 }), steadily(30, 20_000, 0));
    assert.ok(run(Infinity).failed.read_timeout > 1000);
    assert.deepEqual(run(Infinity), run(1e9));
  });

  it("of the answer: late ones fail, and the member goes on with what nobody waits for", () => {
    const figures = figuresOf(nginxBefore(roundRobin, members(1, 1, 1, 1), { readSeconds: 1 }), steadily(0.2, 50_000, 0));
    // Alone e^−1 are late; those behind them find a busy member.
    assert.ok(figures.failed.read_timeout / figures.asked > Math.exp(-1), `${figures.failed.read_timeout}`);
    assert.ok((figures.response?.max ?? 9) <= 1);
  });

  it("of the first token, where it is streamed", () => {
    const list = members(1, 40, 5, 0, { ttft: curve([1, 0.5]) });
    const run = (readSeconds: number) => figuresOf(nginxBefore(roundRobin, list, { readSeconds, until: "first_token" }), steadily(0.2, 2000, 0));
    assert.equal(run(1).failed.read_timeout, 0);
    near("first token", run(1).firstToken?.p50, 0.5, 0.001);
    assert.equal(run(0.4).answered, 0);
  });

  it("of the answer with a retry: the next member gets it", () => {
    const slow: RequestFault = { kind: "slow", member: 0, factor: 100, from: 0, to: 1e9 };
    const figures = figuresOf(nginxBefore(roundRobin, members(2, 100, 0.1, 0), { readSeconds: 1, retryOn: { refused: true, timeout: true }, faults: [slow] }), steadily(10, 5000, 0));
    assert.equal(figures.availability, 1);
    near("late by one try", figures.response?.max, 1.1, 1e-6);
  });
});

describe("clients", () => {
  it("stay with their member, by a hash as by a cookie", () => {
    const hashed = figuresOf(nginxBefore({ kind: "hash", key: "text", consistent: true }, members(4, 10, 0.1), { clients: 3 }), steadily(50, 5000, 0));
    assert.ok(hashed.members.filter((member) => member.answered > 0).length <= 3);
    assert.equal(hashed.answered, 5000);
  });
});

describe("no request is lost from the books", () => {
  it("in sixty models of every kind", () => {
    const random = randomFrom(99);
    for (let round = 0; round < 60; round++) {
      for (const { model, arrivals } of drawnModels(random)) {
        const figures = figuresOf(model, arrivals, round, "events");
        const failed = Object.values(figures.failed).reduce((sum, each) => sum + each, 0);
        assert.equal(figures.answered + failed, figures.asked, `round ${round}`);
        if (arrivals.rates.length === 1) assert.equal(figures.asked, arrivals.requests - arrivals.warmUp);
        assert.equal(figures.members.reduce((sum, member) => sum + member.answered, 0), figures.answered);
        assert.deepEqual(figuresOf(model, arrivals, round, "thorough"), figures, `round ${round}: the short way gives the same to the last bit`);
      }
    }
  });
});

function near(name: string, actual: number | undefined, expected: number, within: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= within, `${name}: ${actual} instead of ${expected}`);
}
