/** The members of a backend that take traffic, like ones together. */
import type { Backend, Member } from "../../model/policy.ts";
import { activeServers, isElastic } from "../../model/policy.ts";

export interface MemberGroup {
  readonly name: string;
  readonly count: number;
  readonly weight: number;
  readonly member: Member;
}

/** Each server that takes traffic, or one group with all replicas of an elastic pool (`readyReplicas`, else its least size, else 1). */
export function memberGroups(backend: Backend, readyReplicas?: number): readonly MemberGroup[] {
  if (!isElastic(backend)) return activeServers(backend).map((server) => ({ name: server.name, count: 1, weight: server.weight, member: server }));
  const count = readyReplicas ?? Math.max(1, backend.scale?.min ?? 1);
  return count > 0 ? [{ name: "replica", count, weight: 1, member: backend.replica ?? { variation: 1 } }] : [];
}
