import type { BalancedServer } from "../../simulate/balancers/balancer.ts";
import type { HaproxyMethod } from "../../simulate/balancers/haproxy.ts";
import type { NginxMethod } from "../../simulate/balancers/nginx.ts";

/** A group of servers as a configuration has it: what the simulator's balancers start from. `undefined` method: one that the simulator does not know. */
export interface ReadPool<Method> {
  readonly name: string;
  readonly method: Method | undefined;
  readonly servers: readonly BalancedServer[];
}

export type NginxPool = ReadPool<NginxMethod>;
export type HaproxyPool = ReadPool<HaproxyMethod>;

/** The number behind `name=` or after a word; undefined where it is none. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
