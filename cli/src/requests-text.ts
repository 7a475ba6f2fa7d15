/** A simulation of single requests for a terminal: what became of them, their times, what each member got. */
import { figure, secondsText, shareText } from "../../language/src/index.ts";
import type { RequestFigures } from "../../language/src/index.ts";
import { visibleText } from "./plain-text.ts";
import { table } from "./table.ts";

export function requestsText(backend: string, figures: RequestFigures, notes: readonly string[]): string {
  const { response, wait, firstToken } = figures;
  const times = ([["response", response], ["wait", wait], ["first token", firstToken]] as const).flatMap(([name, each]) =>
    each === undefined ? [] : [[name, ...[each.mean, each.p50, each.p90, each.p95, each.p99, each.p999, each.max].map(secondsText)]]);
  const failed = Object.entries(figures.failed).filter(([, count]) => count > 0).map(([cause, count]) => `${count} ${cause.replaceAll("_", " ")}`).join(", ");
  const members = figures.members.map((member) => [
    visibleText(member.name), shareText(member.share), figure(member.ratePerSecond), shareText(member.loadFactor),
    secondsText(member.response?.mean ?? null), secondsText(member.response?.p95 ?? null),
  ]);
  const saturated = figures.queueGrowthPerSecond === undefined ? "" : `saturated: the queue grows by ${figure(figures.queueGrowthPerSecond)} requests/s; the times grow with the length of the run\n`;
  return [
    `${visibleText(backend)}: ${figures.asked} requests in ${secondsText(figures.seconds)}, ${figures.answered} answered (${shareText(figures.availability)})${failed === "" ? "" : `, failed: ${failed}`}` +
      `${figures.retried > 0 ? `, ${figures.retried} tried again` : ""}\n${saturated}`,
    times.length === 0 ? "" : table(["", "mean", "p50", "p90", "p95", "p99", "p99.9", "most"], times, ["left", "right", "right", "right", "right", "right", "right", "right"]),
    table(["member", "share", "requests/s", "load", "response", "p95"], members, ["left", "right", "right", "right", "right", "right"]),
    notes.map((note) => `Note: ${visibleText(note)}\n`).join(""),
  ].filter((part) => part !== "").join("\n");
}
