/** Clients that stay where the load sent their first request: there is no closed form, so their first requests are simulated. */
import type { Backend } from "../../model/policy.ts";
import { requestModel } from "../requests/policy-model.ts";
import { runRequests } from "../requests/run-requests.ts";
import type { MemberGroup } from "./member-groups.ts";
import type { SharesAt } from "./shares.ts";

/** Few enough for the figures beside the text; each of the usual 1,000 clients comes 20 times. */
const mostRequests = 20_000;

/**
 * The share of each group in a run of single requests with a fixed seed. Remembered: a policy that is typed at asks for the same again and again.
 * @returns undefined where a member says too little, or nothing is asked
 */
export function stickyShares(backend: Backend, groups: readonly MemberGroup[], { ratePerSecond, target, clients }: SharesAt): readonly number[] | undefined {
  if (!(ratePerSecond > 0)) return undefined;
  const names = new Set(groups.map((group) => group.name));
  const present: Backend = { ...backend, servers: backend.servers.map((server) => (names.has(server.name) ? server : { ...server, down: true })) };
  const model = requestModel(present, { target, clients });
  if (model === undefined) return undefined;
  const requests = Math.min(mostRequests, Math.max(2_000, 5 * clients));
  const key = JSON.stringify([model, backend.strategy, backend.servers.map((server) => server.weight), ratePerSecond, target, requests], (name, value: unknown) => (name === "origin" ? undefined : value));
  const found = known.get(key);
  if (found !== undefined) return ofGroups(groups, found);
  const outcome = runRequests(model, { rates: Float64Array.of(ratePerSecond), stepSeconds: 1, variation: 1, requests, warmUp: 0 }, { seed: 1 });
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
