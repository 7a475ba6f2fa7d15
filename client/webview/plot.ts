/** One plot: its heading and legend, the canvas, the crosshair over it, and the same figures as a table. */
import uPlot from "uplot";
import { element, setText, swatch } from "./dom.ts";
import type { PanelModel } from "./model.ts";
import { paintAbove, paintBelow } from "./plot-marks.ts";
import type { LineSpec, PlotSpec } from "./plot-specs.ts";
import { createPlotTable } from "./plot-table.ts";
import type { Theme } from "./theme.ts";
import { withOpacity } from "./theme.ts";

export interface Plot {
  readonly node: HTMLElement;
  readonly show: (model: PanelModel) => void;
  /** Moves the crosshair to the point with this index. */
  readonly point: (index: number) => void;
  readonly restyle: (theme: Theme) => void;
}

const heightPx = 146;
const axisWidthPx = 54;

/** `onPoint` gets the time under the pointer, in seconds since the start. */
export function createPlot(spec: PlotSpec, theme: Theme, onPoint: (t: number) => void): Plot {
  let shown: PanelModel | undefined;
  let colors = theme;
  const unit = element("small");
  const legend = element("ul", { class: "legend", attributes: { "aria-label": `${spec.title} at the crosshair` } });
  const canvas = element("div", { class: "canvas", attributes: { role: "img" } });
  const crosshair = element("div", { class: "crosshair" });
  const table = createPlotTable(spec);
  const node = element("section", { class: "plot", attributes: { "aria-labelledby": `${spec.id}-title`, "data-plot": spec.id } },
    element("header", { class: "plot-head" }, element("h2", { attributes: { id: `${spec.id}-title` } }, document.createTextNode(spec.title), document.createTextNode(" "), unit), legend),
    canvas, table.node);
  const values = spec.lines.map(() => element("span", { class: "value" }));
  const plot = new uPlot(plotOptions(spec, () => shown, () => colors), [[], ...spec.lines.map(() => [])], canvas);
  plot.over.append(crosshair);
  const follow = (event: PointerEvent): void => {
    if (shown !== undefined && plot.over.clientWidth > 0) onPoint(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
  };
  plot.over.addEventListener("pointermove", follow);
  plot.over.addEventListener("pointerdown", follow);
  let index = -1;
  const place = (): void => {
    const t = shown?.times[index];
    crosshair.hidden = t === undefined;
    if (t !== undefined) crosshair.style.transform = `translateX(${Math.round(plot.valToPos(t, "x"))}px)`;
  };
  new ResizeObserver(() => {
    const width = canvas.clientWidth;
    if (width > 0 && width !== plot.width) {
      plot.setSize({ width, height: heightPx });
      place();
    }
  }).observe(canvas);
  return {
    node,
    show: (model) => {
      shown = model;
      setText(unit, spec.unit(model));
      showLegend(legend, spec, model, values);
      table.show(model);
      plot.setData([[...model.times], ...spec.lines.map((line) => [...line.values(model)])] as uPlot.AlignedData);
      canvas.setAttribute("aria-label", describe(spec, model));
    },
    point: (next) => {
      index = next;
      place();
      table.point(next);
      spec.lines.forEach((line, i) => {
        const value = plot.data[i + 1]?.[next];
        const node = values[i];
        if (node !== undefined) setText(node, line.format(value ?? null));
      });
    },
    restyle: (next) => {
      colors = next;
      plot.redraw(true, true);
    },
  };
}

function plotOptions(spec: PlotSpec, model: () => PanelModel | undefined, theme: () => Theme): uPlot.Options {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const series = (line: LineSpec): uPlot.Series => ({
    label: line.name,
    stroke: () => theme()[line.color],
    width: line.widthPx,
    dash: [...line.dash],
    points: { show: false },
    ...(line.shape === "area" ? { fill: () => withOpacity(theme()[line.color], 0.2) } : {}),
    ...(line.stepped && stepped !== undefined ? { paths: stepped } : {}),
  });
  const axis = { stroke: () => theme().muted, grid: { stroke: () => theme().grid, width: 1 }, ticks: { show: false }, gap: 6, font: theme().font } as const;
  return {
    width: 300,
    height: heightPx,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, model()?.report.durationSeconds ?? 1] },
      y: { range: (_plot, _min, max) => [0, axisTop(spec, model(), max)] },
    },
    axes: [
      { ...axis, size: 24, space: 64, splits: (plot, _axis, from, to) => [...(model()?.clock.ticks(from, to, ((to - from) * 64) / Math.max(1, plot.bbox.width / uPlot.pxRatio)) ?? [])], values: (_plot, splits) => splits.map((t) => model()?.clock.tick(t) ?? "") },
      { ...axis, size: axisWidthPx, space: 26, ...(spec.steps === undefined ? {} : { incrs: [...spec.steps] }), values: (_plot, splits) => splits.map(spec.axis) },
    ],
    series: [{}, ...spec.lines.map(series)],
    hooks: {
      drawAxes: [(plot) => { const shown = model(); if (shown !== undefined) paintBelow(plot, spec, shown, theme()); }],
      draw: [(plot) => { const shown = model(); if (shown !== undefined) paintAbove(plot, spec, shown, theme()); }],
    },
  };
}

/** A little above the highest value and level, so that neither touches the frame. */
function axisTop(spec: PlotSpec, model: PanelModel | undefined, max: number | null): number {
  const levels = model === undefined ? [] : spec.levels(model).map((level) => level.value);
  const cut = model === undefined ? undefined : spec.cut?.(model);
  if (cut !== undefined) return cut;
  // where bands carry words, the room above the curves is theirs
  const room = model !== undefined && spec.bands(model).some((band) => band.label !== "") ? 1.22 : 1.08;
  return Math.max(spec.leastTop, room * Math.max(max ?? 0, ...levels));
}

function showLegend(legend: HTMLElement, spec: PlotSpec, model: PanelModel, values: readonly HTMLElement[]): void {
  const lines = spec.lines.flatMap((line, i) => {
    const value = values[i];
    if (value === undefined || (line.name === "last saved" && model.baseline === null)) return [];
    return [element("li", {}, swatch({ className: `color-${line.color}`, dash: line.dash, shape: line.shape }), document.createTextNode(`${line.name} `), value)];
  });
  const notes = spec.notes(model).map((note) => element("li", {}, swatch({ className: `color-${note.color}`, dash: note.dash, shape: note.shape }), document.createTextNode(note.label)));
  legend.replaceChildren(...lines, ...notes);
}

/** What the picture shows, in a sentence. */
function describe(spec: PlotSpec, model: PanelModel): string {
  const parts = spec.lines.flatMap((line) => {
    const values = line.values(model).filter((value) => value !== null);
    if (values.length === 0) return [];
    const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    return [`${line.name} from ${line.format(least)} to ${line.format(most)}`];
  });
  return `${spec.title}: ${parts.join(", ")}. The table below holds the figures.`;
}

