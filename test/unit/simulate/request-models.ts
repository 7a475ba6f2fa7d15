/** Request-level models for tests: like members before a balancer. */
import type { Balancer } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../../language/src/simulate/balancers/nginx.ts";
import type { Random } from "../../../language/src/simulate/random.ts";
import type { RequestArrivals, RequestFault, RequestFigures, RequestMember, RequestModel } from "../../../language/src/simulate/requests/model.ts";
import { runRequests } from "../../../language/src/simulate/requests/run-requests.ts";
import { curve } from "./policy-parts.ts";

export function members(count: number, slots: number, seconds: number, variation = 1, parts: Partial<RequestMember> = {}): readonly RequestMember[] {
  return Array.from({ length: count }, (_, index) => ({ name: `s${index + 1}`, slots, response: curve([1, seconds]), variation, ...parts }));
}

export function nginxBefore(method: NginxMethod, list: readonly RequestMember[], parts: Partial<RequestModel> = {}): RequestModel {
  const servers = list.map((member, index) => ({ name: member.name, address: `10.0.0.${index + 1}:80`, weight: 1, ...(member.maxConnections === undefined ? {} : { maxConnections: member.maxConnections }) }));
  return modelOf(list, (random) => nginxBalancer(method, servers, random), { picksBlindly: method.kind !== "least_conn" && method.kind !== "random_two", ...parts });
}

export function haproxyBefore(method: HaproxyMethod, list: readonly RequestMember[], parts: Partial<RequestModel> = {}): RequestModel {
  const servers = list.map((member, index) => ({ name: member.name, address: `10.0.0.${index + 1}:80`, weight: 1, ...(member.maxConnections === undefined ? {} : { maxConnections: member.maxConnections }) }));
  return modelOf(list, () => haproxyBalancer(method, servers, "all"), parts);
}

/** The ideal of theory: `choices` servers drawn with equal chances, the one with the fewest requests takes it. */
export function fewestOfDrawn(choices: number, list: readonly RequestMember[]): RequestModel {
  return modelOf(list, (random) => drawingBalancer(choices, list.length, random), {});
}

function drawingBalancer(choices: number, servers: number, random: Random): Balancer {
  const inFlight = new Int32Array(servers);
  const less = (index: number): void => {
    inFlight[index] = (inFlight[index] ?? 0) - 1;
  };
  const more = (index: number): void => {
    inFlight[index] = (inFlight[index] ?? 0) + 1;
  };
  return {
    pick: () => {
      let best = -1;
      for (let draw = 0; draw < choices; draw++) {
        const index = Math.floor(random.uniform() * servers);
        if (best < 0 || (inFlight[index] ?? 0) < (inFlight[best] ?? 0)) best = index;
      }
      more(best);
      return best;
    },
    assign: more, finish: less, fail: less, setDown: () => undefined,
  };
}

export function modelOf(list: readonly RequestMember[], balancer: RequestModel["balancer"], parts: Partial<RequestModel>): RequestModel {
  return {
    members: list, balancer, picksBlindly: false, clients: 0, waitingRoom: 0, queueSeconds: Infinity, readSeconds: Infinity, until: "answer", retries: 1,
    retryOn: { refused: true, timeout: false }, detection: {}, slowStartSeconds: 0, faults: [], ...parts,
  };
}

/** A model of every kind of balancer before members, limits, faults and retries drawn from `random`, and arrivals for it. */
export function drawnModels(random: Random): readonly { readonly model: RequestModel; readonly arrivals: RequestArrivals }[] {
  const below = (limit: number): number => Math.floor(random.uniform() * limit);
  const fails = (member: number, from: number, to: number): RequestFault => ({ kind: "fail", member, factor: 1, from, to });
  const count = 1 + below(7);
  const limited = below(3) === 0 ? { maxConnections: 1 + below(4) } : {};
  const list = Array.from({ length: count }, (_, index): RequestMember => ({
    name: `s${index + 1}`, slots: 1 + below(4), variation: [0, 0.5, 1, 2][below(4)] ?? 1, ...limited,
    response: below(6) === 0 ? curve([1, 0.05], [4, 0.2]) : curve([1, 0.1]), ...(below(12) === 0 ? { ttft: curve([1, 0.01]) } : {}),
  }));
  const slow: RequestFault = { kind: "slow", member: below(count), factor: 3, from: 20, to: 60 };
  const parts: Partial<RequestModel> = {
    waitingRoom: below(20), queueSeconds: [0.1, 1, 100, Infinity][below(4)] ?? 1, readSeconds: [0.2, 1, 100, Infinity][below(4)] ?? 1, retries: below(4), clients: below(2) * 50,
    retryOn: { refused: below(2) === 0, timeout: below(2) === 0 }, slowStartSeconds: below(2) * 10,
    detection: { ...(below(2) === 0 ? {} : { active: { intervalSeconds: 2, rise: 1, fall: 2 } }), ...(below(2) === 0 ? {} : { passive: { fall: 2, seconds: 3 } }) },
    faults: below(2) === 0 ? [] : [fails(below(count), 5, 40), ...(below(2) === 0 ? [slow] : []), fails(below(count), 30, 35)],
  };
  const requests = 3000;
  const warmUp = below(2) * 300;
  const arrivals = below(3) === 0
    ? { rates: Float64Array.of(40, 0, 60, 20), stepSeconds: 7, variation: below(2), requests, warmUp }
    : { ...steadily(5 + below(70), requests, warmUp), variation: below(4) === 0 ? 0 : 1 };
  return [
    nginxBefore({ kind: (["round_robin", "least_conn", "random", "random_two"] as const)[below(4)] ?? "random" }, list, parts),
    haproxyBefore({ kind: (["roundrobin", "leastconn", "first", "static-rr"] as const)[below(4)] ?? "first" }, list, parts),
    haproxyBefore({ kind: "hash", of: "text", lookup: "ring", function: "sdbm", avalanche: true }, list, parts),
  ].map((model) => ({ model, arrivals }));
}

export function steadily(ratePerSecond: number, requests: number, warmUp = Math.floor(requests / 10)): RequestArrivals {
  return { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests, warmUp };
}

export function figuresOf(model: RequestModel, arrivals: RequestArrivals, seed = 1, engine: "thorough" | "events" | "fastest" = "fastest"): RequestFigures {
  const outcome = runRequests(model, arrivals, { seed, engine });
  if (outcome.kind !== "figures") throw new Error(outcome.kind);
  return outcome.figures;
}
