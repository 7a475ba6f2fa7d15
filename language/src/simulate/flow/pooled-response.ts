/** Steady states of members of a pool, as a run asks for them: at every step another rate. */
import { createSteadyFigures, steadyOf, writeSteady, type MemberService, type SteadyFigures, type SteadyResponse } from "../queueing/member.ts";
import { sharedResponse } from "../queueing/sharing.ts";
import type { MemberModel } from "./member-model.ts";

/** Where members share the load, read between the points of a table; they are close enough for five digits of a wait. Without sharing it is the formula itself. */
export function writePooled(figures: SteadyFigures, model: MemberModel, service: MemberService, ratePerSecond: number, poolMembers: number): void {
  if (model.amongOthers !== undefined && ratePerSecond > 0) {
    const response = model.amongOthers(ratePerSecond);
    return writeBetween(figures, response, response, 0, ratePerSecond);
  }
  if (model.sharing === "chance" || poolMembers <= 1 || ratePerSecond === 0) return writeSteady(figures, service, ratePerSecond);
  const load = ratePerSecond / service.capacityPerSecond;
  // A wait is about 1/(1 − ρ) = eᶻ, so that equal steps in z are equal parts of it.
  const place = -Math.log1p(-load) * pointsPerUnit;
  const below = Math.floor(place);
  if (below >= mostPoints) {
    const point = sharedResponse(service, ratePerSecond, model.sharing, poolMembers);
    writeBetween(figures, point, point, 0, ratePerSecond);
    figures.waitDecayPerSecond = point.law.waitDecayPerSecond;
    return;
  }
  const table = tableOf(model, service, poolMembers);
  writeBetween(figures, pointAt(table, model, service, below, poolMembers), pointAt(table, model, service, below + 1, poolMembers), place - below, ratePerSecond);
}

export function pooledResponse(model: MemberModel, service: MemberService, ratePerSecond: number, poolMembers: number): SteadyResponse {
  const figures = createSteadyFigures();
  writePooled(figures, model, service, ratePerSecond, poolMembers);
  return steadyOf(figures, service);
}

const pointsPerUnit = 64;
/** Up to a load of 1 − e⁻¹². */
const mostPoints = 12 * pointsPerUnit;

type Table = (SteadyResponse | undefined)[];

interface CurveTables {
  readonly shape: string;
  readonly ttft: MemberService["ttft"];
  readonly byMembers: Map<number, Table>;
}

/** By the curve, which is the same in every run of a policy: the next one finds the tables of the last. */
const tables = new WeakMap<MemberService["response"], CurveTables>();

/** The table of the step before, which is mostly that of the next. */
const latest: { model: MemberModel | undefined; poolMembers: number; table: Table } = { model: undefined, poolMembers: 0.5, table: [] };

function tableOf(model: MemberModel, service: MemberService, poolMembers: number): Table {
  if (latest.model === model && latest.poolMembers === poolMembers) return latest.table;
  latest.model = model;
  latest.poolMembers = poolMembers;
  latest.table = knownTable(model, service, poolMembers);
  return latest.table;
}

function knownTable({ sharing }: MemberModel, { slots, response, ttft, variation }: MemberService, poolMembers: number): Table {
  let ofCurve = tables.get(response);
  const shape = `${sharing} ${slots} ${variation}`;
  if (ofCurve === undefined || ofCurve.ttft !== ttft || ofCurve.shape !== shape) tables.set(response, (ofCurve = { shape, ttft, byMembers: new Map<number, Table>() }));
  const { byMembers } = ofCurve;
  let table = byMembers.get(poolMembers);
  if (table === undefined) {
    if (byMembers.size >= 400) byMembers.clear();
    table = [];
    byMembers.set(poolMembers, table);
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

function writeBetween(figures: SteadyFigures, a: SteadyResponse, b: SteadyResponse, part: number, ratePerSecond: number): void {
  const serviceSeconds = a.serviceSeconds + part * (b.serviceSeconds - a.serviceSeconds);
  const waitSeconds = a.waitSeconds + part * (b.waitSeconds - a.waitSeconds);
  const waitProbability = a.waitProbability + part * (b.waitProbability - a.waitProbability);
  figures.serviceSeconds = serviceSeconds;
  figures.waitSeconds = waitSeconds;
  figures.waitProbability = waitProbability;
  figures.waitDecayPerSecond = waitSeconds === 0 ? Infinity : waitProbability / waitSeconds;
  figures.inService = ratePerSecond * serviceSeconds;
  figures.waiting = ratePerSecond * waitSeconds;
  figures.ttftSeconds = a.ttftSeconds === undefined || b.ttftSeconds === undefined ? NaN : a.ttftSeconds + part * (b.ttftSeconds - a.ttftSeconds);
}
