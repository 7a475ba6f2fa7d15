/** Two runs of the same demand, as the words of a diagnostic: what the second does otherwise. */
import type { SimulationPoint, SimulationReport } from "../../simulate/report.ts";

/** Less than this share of all requests, or of all member time, is not worth a word. */
const noticeable = 0.01;
const noticeableLoss = 0.001;

/** `reaches 12 members 45 s later and takes 3 % more member time`; empty where both have the same sizes at every step. */
export function describeDifference(policy: SimulationReport, compiled: SimulationReport): string {
  const firstOther = policy.points.findIndex((point, i) => point.replicas !== compiled.points[i]?.replicas);
  if (firstOther < 0) return "";
  const facts = growth(policy.points, compiled.points);
  if (facts.length === 0) {
    const [mine, other] = [policy.points[firstOther], compiled.points[firstOther]];
    const when = firstOther === 0 ? "from the start" : `after ${spanText(other?.t ?? 0)}`;
    facts.push(`has ${other?.replicas ?? 0} members instead of ${mine?.replicas ?? 0} ${when}`);
  }
  const lost = compiled.summary.dropped - policy.summary.dropped;
  if (Math.abs(lost) > noticeableLoss * (policy.summary.asked ?? 0) && Math.round(Math.abs(lost)) > 0) {
    facts.push(`fails ${grouped(Math.round(Math.abs(lost)))} requests ${lost > 0 ? "more" : "less"}`);
  }
  const time = memberSteps(compiled.points) / Math.max(1, memberSteps(policy.points)) - 1;
  if (Math.abs(time) >= noticeable) facts.push(`takes ${Math.round(Math.abs(time) * 100)} % ${time > 0 ? "more" : "less"} member time`);
  const [last, ...others] = facts.reverse();
  return others.length === 0 ? (last ?? "") : `${others.reverse().join(", ")} and ${last ?? ""}`;
}

/** The largest size of the policy, and when the compiled autoscaler has it. */
function growth(policy: readonly SimulationPoint[], compiled: readonly SimulationPoint[]): string[] {
  const [peak, compiledPeak] = [peakOf(policy), peakOf(compiled)];
  const [reached, reachedThere] = [firstAt(policy, peak), firstAt(compiled, peak)];
  const facts: string[] = [];
  if (reachedThere === undefined) facts.push(`reaches ${compiledPeak} members instead of ${peak}`);
  else if (reached !== undefined && reachedThere !== reached) facts.push(`reaches ${peak} members ${spanText(Math.abs(reachedThere - reached))} ${reachedThere > reached ? "later" : "earlier"}`);
  if (compiledPeak > peak) facts.push(`grows to ${compiledPeak} members instead of ${peak}`);
  return facts;
}

function peakOf(points: readonly SimulationPoint[]): number {
  return points.reduce((most, point) => Math.max(most, point.replicas), 0);
}

/** Seconds until the pool first has so many members. */
function firstAt(points: readonly SimulationPoint[], replicas: number): number | undefined {
  return points.find((point) => point.replicas >= replicas)?.t;
}

function memberSteps(points: readonly SimulationPoint[]): number {
  return points.reduce((sum, point) => sum + point.replicas, 0);
}

/** `45 s`, `2 min 15 s`, `3 h 20 min`. */
export function spanText(seconds: number): string {
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [Math.round(seconds % 60), "s"]] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(Math.max(0, first), Math.max(0, first) + 2).filter(([count]) => count > 0);
  return shown.length === 0 ? "0 s" : shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** 12000 → `12,000`. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
