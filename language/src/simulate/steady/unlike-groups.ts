/** Which backends the chain of a few unlike members is made for. */
import type { Backend } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import { balancedServers } from "../balancers/policy-balancer.ts";
import { memberCapacity, memberService } from "../queueing/member.ts";
import type { MemberService } from "../queueing/member.ts";
import { unlikePool } from "../queueing/unlike-pool.ts";
import type { UnlikeMember } from "../queueing/unlike-members.ts";
import type { UnlikePool } from "../queueing/unlike-pool.ts";
import { ringShares } from "./exact-shares.ts";
import type { MemberGroup } from "./member-groups.ts";

interface Taker {
  readonly name: string;
  readonly weight: number;
  readonly service: MemberService | undefined;
}

/**
 * The pool of unlike members between which requests go to the fewest in flight per weight; undefined for any other balancing, where members are alike (for them
 * there is a formula), or are too many or have too many slots for the chain. Also that of two like servers of which HAProxy draws two, which may be the same.
 */
export function unlikePoolOf(backend: Backend, target: TargetName, takers: readonly Taker[]): UnlikePool | undefined {
  const { algorithm, affinity } = backend.strategy;
  const isDrawn = algorithm.kind === "power_of_two" && target === "haproxy" && takers.length === 2;
  if (affinity !== undefined || (algorithm.kind !== "least_connections" && algorithm.kind !== "least_predicted_load" && !isDrawn)) return undefined;
  const members: UnlikeMember[] = [];
  for (const { service, weight } of takers) {
    if (service === undefined) return undefined;
    members.push({ service, weight });
  }
  const areLike = members.every((member) => isLike(member, members[0] ?? member));
  if (isDrawn) return areLike ? unlikePool(withDraws(backend, takers, members), "two_draws") : undefined;
  if (areLike) return undefined;
  return unlikePool(members, target === "haproxy" ? "idle_first" : "by_weight");
}

/** The same for servers whose connections are not limited: then they wait at the balancer, in one queue. */
export function unlikePoolOfGroups(backend: Backend, target: TargetName, groups: readonly MemberGroup[]): UnlikePool | undefined {
  if (groups.some(({ count, member }) => count !== 1 || member.maxConnections !== undefined)) return undefined;
  return unlikePoolOf(backend, target, groups.map(({ name, weight, member }) => {
    const service = memberService(member);
    // Where slots and time do not come to the capacity that is given, the given one counts.
    const isGiven = service !== undefined && Math.abs((memberCapacity(member) ?? 0) / service.capacityPerSecond - 1) < 1e-6;
    return { name, weight, service: isGiven ? service : undefined };
  }));
}

/** How often each is drawn: the arcs of the ring on which the others are passed over. */
function withDraws(backend: Backend, takers: readonly Taker[], members: readonly UnlikeMember[]): readonly UnlikeMember[] {
  const names = new Set(takers.map(({ name }) => name));
  const servers = balancedServers(backend).map((server) => (names.has(server.name) ? server : { ...server, down: true }));
  const shares = ringShares(servers);
  if (shares === undefined) return members;
  const byName = new Map(servers.map(({ name }, index) => [name, shares[index] ?? 0]));
  return members.map((member, index) => ({ ...member, drawn: byName.get(takers[index]?.name ?? "") ?? 0 }));
}

function isLike(a: UnlikeMember, b: UnlikeMember): boolean {
  return a.weight === b.weight && a.service.slots === b.service.slots && a.service.variation === b.service.variation &&
    JSON.stringify(a.service.response.points) === JSON.stringify(b.service.response.points);
}
