/** Which backends the chain of a few unlike members is made for. */
import type { Strategy } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import { memberCapacity, memberService } from "../queueing/member.ts";
import type { MemberService } from "../queueing/member.ts";
import { unlikePool } from "../queueing/unlike-pool.ts";
import type { UnlikePool } from "../queueing/unlike-pool.ts";
import type { MemberGroup } from "./member-groups.ts";

interface Taker {
  readonly weight: number;
  readonly service: MemberService | undefined;
}

/**
 * The pool of unlike members between which requests go to the fewest in flight per weight; undefined for any other balancing, where members are alike (for them
 * there is a formula), or are too many or have too many slots for the chain.
 */
export function unlikePoolOf({ algorithm, affinity }: Strategy, target: TargetName, takers: readonly Taker[]): UnlikePool | undefined {
  if (affinity !== undefined || (algorithm.kind !== "least_connections" && algorithm.kind !== "least_predicted_load")) return undefined;
  const members: { readonly service: MemberService; readonly weight: number }[] = [];
  for (const { service, weight } of takers) {
    if (service === undefined) return undefined;
    members.push({ service, weight });
  }
  if (members.every((member) => isLike(member, members[0] ?? member))) return undefined;
  return unlikePool(members, target === "haproxy" ? "idle_first" : "by_weight");
}

/** The same for servers whose connections are not limited: then they wait at the balancer, in one queue. */
export function unlikePoolOfGroups(strategy: Strategy, target: TargetName, groups: readonly MemberGroup[]): UnlikePool | undefined {
  if (groups.some(({ count, member }) => count !== 1 || member.maxConnections !== undefined)) return undefined;
  return unlikePoolOf(strategy, target, groups.map(({ weight, member }) => {
    const service = memberService(member);
    // Where slots and time do not come to the capacity that is given, the given one counts.
    const isGiven = service !== undefined && Math.abs((memberCapacity(member) ?? 0) / service.capacityPerSecond - 1) < 1e-6;
    return { weight, service: isGiven ? service : undefined };
  }));
}

function isLike(a: Taker, b: Taker): boolean {
  return a.weight === b.weight && a.service?.slots === b.service?.slots && a.service?.variation === b.service?.variation &&
    JSON.stringify(a.service?.response.points) === JSON.stringify(b.service?.response.points);
}
