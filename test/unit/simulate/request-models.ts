/** Request-level models for tests: like members before a balancer. */
import type { Balancer } from "../../../language/src/simulate/balancers/balancer.ts";
import { haproxyBalancer } from "../../../language/src/simulate/balancers/haproxy.ts";
import type { HaproxyMethod } from "../../../language/src/simulate/balancers/haproxy.ts";
import { nginxBalancer } from "../../../language/src/simulate/balancers/nginx.ts";
import type { NginxMethod } from "../../../language/src/simulate/balancers/nginx.ts";
import type { Random } from "../../../language/src/simulate/random.ts";
import type { RequestArrivals, RequestFigures, RequestMember, RequestModel } from "../../../language/src/simulate/requests/model.ts";
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

export function steadily(ratePerSecond: number, requests: number, warmUp = Math.floor(requests / 10)): RequestArrivals {
  return { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests, warmUp };
}

export function figuresOf(model: RequestModel, arrivals: RequestArrivals, seed = 1, engine: "events" | "fastest" = "fastest"): RequestFigures {
  const outcome = runRequests(model, arrivals, { seed, engine });
  if (outcome.kind !== "figures") throw new Error(outcome.kind);
  return outcome.figures;
}
