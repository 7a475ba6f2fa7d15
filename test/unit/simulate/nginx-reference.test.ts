import assert from "node:assert/strict";
import type { BalancedServer } from "../../../language/src/simulate/balancers/balancer.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import { randomFrom } from "../../../language/src/simulate/random.ts";

interface Peer {
  readonly index: number;
  readonly weight: number;
  readonly maxConnections: number;
  readonly maxFails: number;
  readonly failSeconds: number;
  effective: number;
  current: number;
  connections: number;
  fails: number;
  accessed: number;
  checked: number;
  down: boolean;
}

/** nginx as docs and source tell it (simulation.md §2), peer by peer and with no regard to speed. */
class Reference {
  readonly #peers: readonly Peer[];
  readonly #method: "round_robin" | "least_conn";

  constructor(method: "round_robin" | "least_conn", servers: readonly BalancedServer[]) {
    this.#method = method;
    this.#peers = servers.map((server, index) => ({
      index, weight: server.weight, maxConnections: server.maxConnections ?? 0, maxFails: server.maxFails ?? 1, failSeconds: server.failSeconds ?? 10,
      effective: server.weight, current: 0, connections: 0, fails: 0, accessed: 0, checked: 0, down: server.down ?? false,
    }));
  }

  pick(tried: ReadonlySet<number>, now: number): number | undefined {
    const usable = this.#peers.filter((peer) =>
      !peer.down && !tried.has(peer.index) && !(peer.maxFails > 0 && peer.fails >= peer.maxFails && now - peer.checked <= peer.failSeconds) &&
      (peer.maxConnections === 0 || peer.connections < peer.maxConnections));
    const ratios = usable.map((peer) => peer.connections / peer.weight);
    const fewest = usable.filter((_, place) => (ratios[place] ?? 0) <= Math.min(...ratios) + 1e-12);
    const only = this.#method === "least_conn" && fewest.length === 1 ? fewest[0] : undefined;
    const best = only ?? this.#turn(this.#method === "least_conn" ? fewest : usable);
    if (best === undefined) return undefined;
    if (now - best.checked > best.failSeconds) best.checked = now;
    best.connections += 1;
    return best.index;
  }

  #turn(peers: readonly Peer[]): Peer | undefined {
    let total = 0;
    for (const peer of peers) {
      peer.current += peer.effective;
      total += peer.effective;
      if (peer.effective < peer.weight) peer.effective += 1;
    }
    const best = peers.find((peer) => peer.current === Math.max(...peers.map((each) => each.current)));
    if (best !== undefined) best.current -= total;
    return best;
  }

  finish(index: number): void {
    const peer = this.#peers[index];
    if (peer === undefined) return;
    peer.connections -= 1;
    if (peer.accessed < peer.checked) peer.fails = 0;
  }

  fail(index: number, now: number): void {
    const peer = this.#peers[index];
    if (peer === undefined) return;
    peer.connections -= 1;
    peer.fails += 1;
    peer.accessed = now;
    peer.checked = now;
    if (peer.maxFails > 0) peer.effective = Math.max(0, peer.effective - Math.trunc(peer.weight / peer.maxFails));
  }

  setDown(index: number, down: boolean): void {
    const peer = this.#peers[index];
    if (peer !== undefined) peer.down = down;
  }
}

describe("nginx, step by step as its source tells it", () => {
  for (const method of ["round_robin", "least_conn"] as const) {
    for (const limits of ["without limits", "with limits"] as const) {
      for (const weights of ["equal weights", "weights of their own"] as const) {
        it(`${method}, ${limits}, ${weights}: picks, answers, failures, peers that go and come back`, () => {
          const random = randomFrom(11);
          const below = (limit: number): number => Math.floor(random.uniform() * limit);
          for (let round = 0; round < 40; round++) {
            const weight = 1 + below(3);
            const servers = Array.from({ length: 2 + below(6) }, (_, index): BalancedServer => ({
              name: `s${index}`, address: `10.0.0.${index}:80`, weight: weights === "equal weights" ? weight : 1 + below(5), failSeconds: 2, maxFails: below(4),
              ...(limits === "with limits" && below(3) > 0 ? { maxConnections: 1 + below(5) } : {}),
            }));
            const ours = nginxBalancer({ kind: method }, servers, random);
            const reference = new Reference(method, servers);
            const open: number[] = [];
            // Long stretches at rest between some trouble.
            const trouble = [0, 0.05][below(2)] ?? 0;
            for (let step = 0; step < 400; step++) {
              const now = step / 10;
              const chance = random.uniform();
              if (chance < 0.55) {
                const tried = new Set(random.uniform() < trouble ? [below(servers.length)] : []);
                const picked = ours.pick(tried.size === 0 ? {} : { tried }, now);
                assert.equal(picked, reference.pick(tried, Math.floor(now)), `round ${round}, step ${step}`);
                if (picked !== undefined) open.push(picked);
              } else if (open.length > 0) {
                const [index = 0] = open.splice(below(open.length), 1);
                if (random.uniform() < trouble) {
                  ours.fail(index, now);
                  reference.fail(index, Math.floor(now));
                } else {
                  ours.finish(index, now);
                  reference.finish(index);
                }
              }
              if (random.uniform() < trouble / 3) {
                const index = below(servers.length);
                const down = below(2) === 0;
                ours.setDown(index, down);
                reference.setDown(index, down);
              }
            }
          }
        });
      }
    }
  }

  it("leaves at rest only the number in flight to count at the end of a request", () => {
    const balancer = nginxBalancer({ kind: "round_robin" }, [{ name: "a", address: "10.0.0.1:80", weight: 1 }, { name: "b", address: "10.0.0.2:80", weight: 1 }], randomFrom(1));
    const { inFlight } = balancer;
    assert.deepEqual([0, 0, 0].map(() => balancer.pick({}, 0)), [0, 1, 0]);
    assert.deepEqual([inFlight?.calm[0], ...(inFlight?.counts ?? [])], [1, 2, 1]);
    balancer.finish(0, 0);
    assert.deepEqual([...(inFlight?.counts ?? [])], [1, 1]);
    balancer.fail(1, 0);
    assert.equal(inFlight?.calm[0], 0);
  });
});
