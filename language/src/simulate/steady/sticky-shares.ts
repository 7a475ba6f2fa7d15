/** Clients that stay where the load sent their first request: there is no closed form, so their first requests are simulated. */
import type { Backend } from "../../model/policy.ts";
import { memberCapacity } from "../queueing/member.ts";
import { requestModel } from "../requests/policy-model.ts";
import { runRequests } from "../requests/run-requests.ts";
import type { MemberGroup } from "./member-groups.ts";
import type { SharesAt } from "./shares.ts";

/** Few enough for the figures beside the text; each of the usual 1,000 clients comes 20 times. */
const mostRequests = 20_000;

/**
 * The share of each group in a run of single requests with a fixed seed, at a load of 0.01 to 0.95: below there is nothing to look at, above the queues only grow. Remembered: a policy that is typed at asks for the same again and again.
 * @returns undefined where a member says too little, or nothing is asked
 */
export function stickyShares(backend: Backend, groups: readonly MemberGroup[], { ratePerSecond, target, clients }: SharesAt): readonly number[] | undefined {
  if (!(ratePerSecond > 0)) return undefined;
  const names = new Set(groups.map((group) => group.name));
  const present: Backend = { ...backend, servers: backend.servers.map((server) => (names.has(server.name) ? server : { ...server, down: true })) };
  const asWritten = requestModel(present, { target, clients });
  const capacity = groups.reduce((sum, { member, count }) => sum + count * (memberCapacity(member) ?? NaN), 0);
  if (asWritten === undefined || !(capacity > 0)) return undefined;
  // Where clients go is asked for, not who loses patience on the way.
  const model = { ...asWritten, readSeconds: Infinity, queueSeconds: Infinity };
  const simulated = Math.min(0.95 * capacity, Math.max(0.01 * capacity, ratePerSecond));
  const requests = Math.min(mostRequests, Math.max(2_000, 5 * clients));
  const key = JSON.stringify([model, backend.strategy, backend.servers.map((server) => server.weight), simulated, target, requests], (name, value: unknown) => (name === "origin" ? undefined : value));
  const found = known.get(key);
  if (found !== undefined) return ofGroups(groups, found);
  const outcome = runRequests(model, { rates: Float64Array.of(simulated), stepSeconds: 1, variation: 1, requests, warmUp: 0 }, { seed: 1 });
  if (outcome.kind !== "figures") return undefined;
  if (known.size >= 64) known.clear();
  const shares = new Map(outcome.figures.members.map((member) => [member.name, member.share]));
  known.set(key, shares);
  return ofGroups(groups, shares);
}

const known = new Map<string, ReadonlyMap<string, number>>();

function ofGroups(groups: readonly MemberGroup[], shares: ReadonlyMap<string, number>): readonly number[] {
  return groups.map((group) => shares.get(group.name) ?? 0);
}
