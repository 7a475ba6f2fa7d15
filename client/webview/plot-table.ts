/** The figures of a plot as a table, for whoever cannot see the curves; made when it is opened. */
import { element, setText } from "./dom.ts";
import type { PanelModel } from "./model.ts";
import { nearestIndex } from "./model.ts";
import type { PlotSpec } from "./plot-specs.ts";

export interface PlotTable {
  readonly node: HTMLDetailsElement;
  readonly show: (model: PanelModel) => void;
  /** Marks the row nearest to the point under the crosshair. */
  readonly point: (index: number) => void;
}

/** One per hour of a day. */
const mostRows = 24;

export function createPlotTable(spec: PlotSpec): PlotTable {
  const body = element("tbody");
  const caption = element("caption", { class: "visually-hidden" });
  const head = element("tr", {}, element("th", { text: "time", attributes: { scope: "col" } }), ...spec.lines.map((line) => element("th", { text: line.name, attributes: { scope: "col" } })));
  const node = element("details", { class: "plot-table" }, element("summary", { text: "Table", attributes: { "aria-label": `${spec.title} as a table` } }), element("table", {}, caption, element("thead", {}, head), body));
  let model: PanelModel | undefined;
  let shown: PanelModel | undefined;
  let rows: readonly { readonly t: number; readonly row: HTMLElement }[] = [];
  let index = -1;
  const mark = (): void => {
    const t = model?.times[index];
    const nearest = t === undefined ? -1 : nearestIndex(rows.map((each) => each.t), t);
    rows.forEach(({ row }, i) => row.toggleAttribute("aria-current", i === nearest));
  };
  const fill = (): void => {
    if (!node.open || model === undefined || shown === model) return;
    shown = model;
    rows = tableRows(spec, model);
    setText(caption, spec.title);
    body.replaceChildren(...rows.map(({ row }) => row));
    mark();
  };
  node.addEventListener("toggle", fill);
  return {
    node,
    show: (next) => { model = next; fill(); },
    point: (next) => { index = next; if (node.open) mark(); },
  };
}

function tableRows(spec: PlotSpec, model: PanelModel): readonly { readonly t: number; readonly row: HTMLElement }[] {
  const columns = spec.lines.map((line) => ({ line, values: line.values(model) }));
  const end = model.times.at(-1) ?? 0;
  const indexes = new Set(model.clock.ticks(0, end, Math.max(model.report.stepSeconds, end / mostRows)).map((t) => nearestIndex(model.times, t)));
  return [...indexes].filter((i) => i >= 0).map((i) => {
    const t = model.times[i] ?? 0;
    const cells = columns.map(({ line, values }) => element("td", { text: line.format(values[i] ?? null) }));
    return { t, row: element("tr", {}, element("th", { text: model.clock.moment(t), attributes: { scope: "row" } }), ...cells) };
  });
}
