/** The formulas behind the figures, with the figures filled in. Markdown. Sources of the formulas: the reference, "The formulas". */
import type { Backend, Member } from "../model/policy.ts";
import { curveSeconds } from "../simulate/queueing/curve.ts";
import type { MemberState } from "../simulate/steady/steady-state.ts";
import { backendFigures } from "./backend-figures.ts";
import type { NeededMembers } from "./backend-figures.ts";
import { exactSecondsText, figure, rateText, shareText } from "./figures-text.ts";
import { code, paragraphs } from "./markdown.ts";

/** A pool at its demand: load factor, unloaded average, average under load, shares. Empty without a demand. */
export function poolFormulas(backend: Backend): string {
  const { peak, state, needed } = backendFigures(backend);
  if (peak === undefined) return "Without a `demand` there are no load figures.";
  const { pool, members } = state;
  const rows: string[] = [];
  if (pool.capacityPerSecond !== undefined && pool.loadFactor !== undefined) {
    rows.push(`load factor ρ = λ / Σ cᵢ = ${figure(peak.ratePerSecond)} / ${figure(pool.capacityPerSecond)} = **${figure(pool.loadFactor)}**`);
  }
  if (pool.unloadedAverageSeconds !== undefined) {
    const terms = members.map((member) => `${figure(member.share * member.count)}·${figure(member.unloadedSeconds ?? 0)}`);
    rows.push(`unloaded average t̄ = Σ pᵢ·sᵢ(1) = ${sumOf(terms)} = **${exactSecondsText(pool.unloadedAverageSeconds)}**`);
  }
  if (pool.response.kind === "steady") {
    const terms = members.map((member) => `${figure(member.share * member.count)}·${figure(member.response.kind === "steady" ? member.response.responseSeconds : 0)}`);
    rows.push(`under load T̄ = Σ pᵢ·Tᵢ = ${sumOf(terms)} = **${exactSecondsText(pool.response.responseSeconds)}**`);
  }
  if (pool.response.kind === "saturated") rows.push(`saturated: the queue grows by ${rateText(pool.response.queueGrowthPerSecond)}`);
  if (backend.servers.length > 0) rows.push(`shares ${members.map((member) => `${code(member.name)} ${shareText(member.share)}`).join(", ")}`);
  const title = peak.at === undefined ? `At ${rateText(peak.ratePerSecond)}` : `At the peak of ${rateText(peak.ratePerSecond)}, ${peak.at.description}`;
  const size = backend.servers.length > 0 ? "" : ` with ${state.pool.memberCount} ${state.pool.memberCount === 1 ? "member" : "members"}`;
  return paragraphs(`${title}${size}:`, bullets(rows), needed === undefined ? undefined : neededFormulas(backend, needed), noteText(state.notes));
}

/** One server, or a replica, at the backend's demand. */
export function memberFormulas(backend: Backend, member: Member & { readonly weight?: number }, state: MemberState): string {
  const { peak, state: whole } = backendFigures(backend);
  const rows = [`share p = ${shareTerms(backend, member, state)}**${shareText(state.share)}**`];
  if (peak !== undefined) {
    if (state.capacityPerSecond !== undefined && state.loadFactor !== undefined) {
      rows.push(`load factor ρ = p·λ / c = ${figure(state.share)}·${figure(peak.ratePerSecond)} / ${figure(state.capacityPerSecond)} = **${figure(state.loadFactor)}**`);
    }
    const { response } = state;
    if (response.kind === "steady") {
      const idle = member.response === undefined ? undefined : curveSeconds(member.response, 1);
      const alone = idle === undefined || Math.abs(idle - response.serviceSeconds) < idle * 1e-6 ? "" : ` (${exactSecondsText(idle)} alone)`;
      rows.push(`response time T = s + W = ${exactSecondsText(response.serviceSeconds)}${alone} + ${exactSecondsText(response.waitSeconds)} = **${exactSecondsText(response.responseSeconds)}**`);
    } else if (response.kind === "saturated") {
      rows.push(`ρ ≥ 1: saturated, no steady response time; the queue grows by **${rateText(response.queueGrowthPerSecond)}**`);
    }
  }
  return paragraphs(bullets(rows), noteText(whole.notes));
}

/** Members that an elastic pool needs. */
export function neededFormulas(backend: Backend, needed: NeededMembers): string {
  const { count, ratePerSecond, memberCapacityPerSecond, targetLoadFactor, threshold } = needed;
  const aim = threshold === undefined ? "" : ` (target of ${code(threshold)})`;
  const formula = `members needed n\\* = ⌈λ / (c · target)⌉ = ⌈${figure(ratePerSecond)} / (${figure(memberCapacityPerSecond)} · ${figure(targetLoadFactor)})⌉ = **${count}**${aim}`;
  const most = backend.scale?.max;
  return most !== undefined && count > most ? paragraphs(bullets([formula]), `The pool may have ${most} at most: it would be short of ${count - most}.`) : bullets([formula]);
}

function shareTerms(backend: Backend, member: { readonly weight?: number }, state: MemberState): string {
  const byWeight = backend.strategy.algorithm.kind === "round_robin" || backend.strategy.algorithm.kind === "random";
  if (!byWeight || member.weight === undefined || state.share === 0) return "";
  return `w / Σ w = ${figure(member.weight)} / ${figure(member.weight / state.share)} = `;
}

function sumOf(terms: readonly string[]): string {
  const most = 6;
  return terms.length <= most ? terms.join(" + ") : `${terms.slice(0, most - 1).join(" + ")} + … + ${terms.at(-1) ?? ""}`;
}

function bullets(rows: readonly string[]): string {
  return rows.map((row) => `- ${row}`).join("\n");
}

function noteText(notes: readonly string[]): string | undefined {
  return notes.length === 0 ? undefined : notes.join(" ");
}
