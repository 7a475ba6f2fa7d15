/** Recorded answers that a simulation of requests comes near to. */
import type { RequestModel } from "../../../language/src/simulate/requests/model.ts";
import { difference } from "./queueing-cases.ts";
import type { QueueingCase } from "./queueing-cases.ts";
import { fewestOfDrawn, figuresOf, members, nginxBefore, steadily } from "./request-models.ts";

/** At least. */
const requests = 2_000_000;
/** Stand for infinitely many. */
const many = 200;

/** What the simulation differs in by more than the case allows; undefined where it agrees, or the case is not meant for it. */
export function simulationFault({ kind, input, expected, simulationTolerance }: QueueingCase): string | undefined {
  if (simulationTolerance === undefined) return undefined;
  const { servers = many, loadPerServer = NaN, serviceRate = 1, choices = 1 } = input;
  const list = members(servers, 1, 1 / serviceRate);
  const mean = (model: RequestModel): number => figuresOf(model, steadily(servers * loadPerServer * serviceRate, loadPerServer > 0.98 ? 4 * requests : requests)).response?.mean ?? NaN;
  const judge = (name: string, model: RequestModel): string | undefined => difference(`simulated ${name}`, mean(model), expected[name], simulationTolerance);
  switch (kind) {
    case "power_of_d":
      return judge("meanResponse", fewestOfDrawn(choices, list));
    case "jsq_mean_response":
      return judge("meanResponse", nginxBefore({ kind: "least_conn" }, list));
    case "policy_mean_response":
      return judge("random", nginxBefore({ kind: "random" }, list)) ?? judge("roundRobin", nginxBefore({ kind: "round_robin" }, list)) ??
        judge("centralQueue", nginxBefore({ kind: "round_robin" }, members(1, servers, 1 / serviceRate)));
    default:
      return `no simulation for ${kind}`;
  }
}
