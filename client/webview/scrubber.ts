/** The crosshair by keyboard: a slider over the run that says its moment and what happens then. */
import { element } from "./dom.ts";
import { formatNumber, formatRate, formatSeconds } from "./format.ts";
import type { PanelModel } from "./model.ts";
import type { MomentView } from "./why.ts";

export function createScrubber(onMove: (t: number) => void): MomentView {
  let model: PanelModel | undefined;
  const input = element("input", { attributes: { type: "range", min: "0", "aria-label": "Time of the crosshair" } });
  const text = element("output", { class: "scrubber-text" });
  input.addEventListener("input", () => onMove(Number(input.value)));
  input.addEventListener("keydown", (event) => {
    const next = model === undefined ? undefined : stepFrom(model, Number(input.value), event);
    if (next === undefined) return;
    event.preventDefault();
    onMove(next);
  });
  return {
    node: element("div", { class: "scrubber" }, text, input),
    show: (next) => {
      model = next;
      input.max = String(next.times.at(-1) ?? 0);
      input.step = String(next.report.stepSeconds);
    },
    point: (index) => {
      const point = model?.report.points[index];
      if (model === undefined || point === undefined) return;
      const time = model.clock.moment(point.t);
      input.value = String(point.t);
      text.textContent = time;
      input.setAttribute("aria-valuetext", `${time}: arrivals ${formatRate(point.arrivalRate)}, ${point.ready} of ${point.replicas} replicas ready, load factor ${formatNumber(point.loadFactor)}, p95 ${formatSeconds(point.p95, "saturated")}`);
    },
  };
}

/** Arrows go by about 1/288 of the run (5 min of a day), with Shift or Alt by one step of the simulation; Page keys by 1/24. Undefined for other keys. */
export function stepFrom(model: Pick<PanelModel, "times" | "report">, t: number, key: Pick<KeyboardEvent, "key" | "shiftKey" | "altKey">): number | undefined {
  const { stepSeconds, durationSeconds } = model.report;
  const end = model.times.at(-1) ?? 0;
  const small = key.shiftKey || key.altKey ? stepSeconds : Math.max(stepSeconds, Math.round(durationSeconds / 288 / stepSeconds) * stepSeconds);
  const large = Math.max(stepSeconds, Math.round(durationSeconds / 24 / stepSeconds) * stepSeconds);
  const move = { ArrowRight: small, ArrowUp: small, ArrowLeft: -small, ArrowDown: -small, PageUp: large, PageDown: -large, Home: -Infinity, End: Infinity }[key.key];
  return move === undefined ? undefined : Math.max(0, Math.min(end, t + move));
}
