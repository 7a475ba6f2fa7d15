/** What the flow engine needs to know of a member. Rates per second, times in seconds. */
import type { Curve, Member } from "../../model/policy.ts";
import { curveSeconds } from "../queueing/curve.ts";
import { memberCapacity, memberService, type MemberService, type SteadyResponse } from "../queueing/member.ts";
import type { Sharing } from "../queueing/sharing.ts";

export interface MemberModel {
  readonly capacityPerSecond: number;
  /** Undefined where only the capacity is known: then there is a load factor but no response time. */
  readonly service?: MemberService;
  /** Requests that may wait for one member; infinite where nothing limits it. */
  readonly waitingRoom: number;
  /** True where waiting happens before the balancer's connection limit, so that `timeout queue` holds. */
  readonly waitsInProxy: boolean;
  /** Service time and time to first token with all slots busy. */
  readonly fullServiceSeconds: number;
  readonly fullFirstTokenSeconds?: number;
  /** How requests come to it. */
  readonly sharing: Sharing;
  /** Its steady state at so many requests per second among the members of this moment, where they are unlike and the chain of all of them is known. */
  readonly amongOthers?: (ratePerSecond: number) => SteadyResponse;
}

/** How requests come to the members of a backend: as long as a member takes all, and where it takes no more than it serves at once. */
export interface BackendSharing {
  readonly open: Sharing;
  readonly limited: Sharing;
}

/**
 * @param maxQueue the backend's `max_queue`: requests that may wait for each member at its `max_connections`
 * @returns undefined where the member's capacity is not known
 */
export function memberModel(member: Member, maxQueue: number | undefined, sharing: BackendSharing): MemberModel | undefined {
  const given = memberCapacity(member);
  if (given === undefined || !(given > 0)) return undefined;
  const written = memberService(member);
  const connections = member.maxConnections;
  const waitsInProxy = connections !== undefined;
  if (written === undefined) {
    return { capacityPerSecond: given, waitingRoom: waitsInProxy ? (maxQueue ?? 0) : Infinity, waitsInProxy, fullServiceSeconds: 0, sharing: sharing.open };
  }
  const slots = Math.min(written.slots, connections ?? Infinity);
  const { response, ttft } = written;
  const fullServiceSeconds = curveSeconds(response, slots);
  // With all three figures written they may be off by 1 %: the formulas keep the capacity that follows from slots and time.
  const capacityPerSecond = slots / fullServiceSeconds;
  const service: MemberService = { slots, response, variation: written.variation, capacityPerSecond, ...(ttft === undefined ? {} : { ttft }) };
  return {
    capacityPerSecond,
    service,
    waitingRoom: connections === undefined ? Infinity : Math.max(0, connections - written.slots) + (maxQueue ?? 0),
    waitsInProxy,
    fullServiceSeconds,
    sharing: connections !== undefined && connections <= written.slots ? sharing.limited : sharing.open,
    ...(ttft === undefined ? {} : { fullFirstTokenSeconds: curveSeconds(ttft, slots) }),
  };
}

/** The same member, answering `factor` times slower. */
export function slowMember<M extends Member>(member: M, factor: number): M {
  return {
    ...member,
    ...(member.capacityPerSecond === undefined ? {} : { capacityPerSecond: member.capacityPerSecond / factor }),
    ...(member.response === undefined ? {} : { response: slowed(member.response, factor) }),
    ...(member.ttft === undefined ? {} : { ttft: slowed(member.ttft, factor) }),
  };
}

function slowed(curve: Curve, factor: number): Curve {
  return { ...curve, points: curve.points.map((point) => ({ ...point, seconds: point.seconds * factor })) };
}
