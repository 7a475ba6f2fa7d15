/** Steady states of members of a pool, as a run asks for them: at every step another rate. */
import { steadyResponse, type MemberService, type SteadyResponse } from "../queueing/member.ts";
import { sharedResponse } from "../queueing/sharing.ts";
import type { MemberModel } from "./member-model.ts";

/** Where members share the load, read between the points of a table; they are close enough for five digits of a wait. Without sharing it is the formula itself. */
export function pooledResponse(model: MemberModel, service: MemberService, ratePerSecond: number, poolMembers: number): SteadyResponse {
  if (model.sharing === "chance" || poolMembers <= 1 || ratePerSecond === 0) return steadyResponse(service, ratePerSecond);
  const load = ratePerSecond / service.capacityPerSecond;
  // A wait is about 1/(1 − ρ) = eᶻ, so that equal steps in z are equal parts of it.
  const place = -Math.log1p(-load) * pointsPerUnit;
  const below = Math.floor(place);
  if (below >= mostPoints) return sharedResponse(service, ratePerSecond, model.sharing, poolMembers);
  const table = tableOf(model, poolMembers);
  return between(pointAt(table, model, service, below, poolMembers), pointAt(table, model, service, below + 1, poolMembers), place - below, ratePerSecond);
}

const pointsPerUnit = 64;
/** Up to a load of 1 − e⁻¹². */
const mostPoints = 12 * pointsPerUnit;

type Table = (SteadyResponse | undefined)[];

const tables = new WeakMap<MemberModel, Map<number, Table>>();

function tableOf(model: MemberModel, poolMembers: number): Table {
  let ofModel = tables.get(model);
  if (ofModel === undefined) tables.set(model, (ofModel = new Map<number, Table>()));
  let table = ofModel.get(poolMembers);
  if (table === undefined) {
    if (ofModel.size >= 1000) ofModel.clear();
    table = [];
    ofModel.set(poolMembers, table);
  }
  return table;
}

function pointAt(table: Table, model: MemberModel, service: MemberService, index: number, poolMembers: number): SteadyResponse {
  const known = table[index];
  if (known !== undefined) return known;
  const point = sharedResponse(service, -Math.expm1(-index / pointsPerUnit) * service.capacityPerSecond, model.sharing, poolMembers);
  table[index] = point;
  return point;
}

function between(a: SteadyResponse, b: SteadyResponse, part: number, ratePerSecond: number): SteadyResponse {
  const mix = (x: number, y: number) => x + part * (y - x);
  const serviceSeconds = mix(a.serviceSeconds, b.serviceSeconds);
  const waitSeconds = mix(a.waitSeconds, b.waitSeconds);
  const waitProbability = mix(a.waitProbability, b.waitProbability);
  return {
    kind: "steady", serviceSeconds, waitSeconds, waitProbability,
    responseSeconds: serviceSeconds + waitSeconds,
    inService: ratePerSecond * serviceSeconds,
    waiting: ratePerSecond * waitSeconds,
    law: { serviceSeconds, variation: a.law.variation, waitProbability, waitDecayPerSecond: waitSeconds === 0 ? Infinity : waitProbability / waitSeconds },
    ...(a.ttftSeconds === undefined || b.ttftSeconds === undefined ? {} : { ttftSeconds: mix(a.ttftSeconds, b.ttftSeconds) }),
  };
}
