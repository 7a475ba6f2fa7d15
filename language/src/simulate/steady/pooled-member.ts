/** A member among the others of its pool. */
import type { Member } from "../../model/policy.ts";
import { memberCapacity, memberResponse, memberService } from "../queueing/member.ts";
import type { MemberResponse } from "../queueing/member.ts";
import { sharedResponse } from "../queueing/sharing.ts";
import type { Sharing } from "../queueing/sharing.ts";
import type { MemberGroup } from "./member-groups.ts";

export interface Pool {
  readonly sharing: Sharing;
  /** Of all members together; undefined where one does not say. */
  readonly capacityPerSecond: number | undefined;
}

export function poolOf(groups: readonly MemberGroup[], sharing: Sharing): Pool {
  let capacityPerSecond: number | undefined = 0;
  for (const { member, count } of groups) {
    const capacity = memberCapacity(member);
    if (capacity === undefined) return { sharing, capacityPerSecond: undefined };
    capacityPerSecond += count * capacity;
  }
  return { sharing, capacityPerSecond };
}

/** As `memberResponse`, but where the balancing looks at the load a member waits less than one that requests come to by chance. */
export function pooledMemberResponse(member: Member, ratePerSecond: number, pool: Pool): MemberResponse {
  const { sharing, capacityPerSecond } = pool;
  const service = sharing === "chance" || capacityPerSecond === undefined ? undefined : memberService(member);
  if (service === undefined || capacityPerSecond === undefined || ratePerSecond >= service.capacityPerSecond) return memberResponse(member, ratePerSecond);
  return sharedResponse(service, ratePerSecond, sharing, capacityPerSecond / service.capacityPerSecond);
}
