/** What is painted on a plot besides its lines: bands below them; levels, labels and decision marks above. */
import uPlot from "uplot";
import type { PanelModel } from "./model.ts";
import type { PlotSpec } from "./plot-specs.ts";
import { levelDash } from "./plot-specs.ts";
import type { Theme } from "./theme.ts";

export function paintBelow(plot: uPlot, spec: PlotSpec, model: PanelModel, theme: Theme): void {
  clipped(plot, (context, ratio) => {
    const { top, height } = plot.bbox;
    for (const band of spec.bands(model)) {
      const left = plot.valToPos(band.from, "x", true);
      const right = Math.max(left + ratio, plot.valToPos(Math.min(band.to, model.report.durationSeconds), "x", true));
      const upper = band.high === undefined ? top : plot.valToPos(band.high, "y", true);
      const lower = band.low === undefined ? top + height : plot.valToPos(band.low, "y", true);
      context.globalAlpha = band.opacity;
      context.fillStyle = theme[band.color];
      context.fillRect(left, upper, right - left, lower - upper);
      if (right - left < 5 * ratio) continue;
      // edges, so that a band is seen where a theme leaves hardly any colour
      context.globalAlpha = Math.min(1, band.opacity * 3);
      context.strokeStyle = theme[band.color];
      context.lineWidth = ratio;
      context.beginPath();
      if (band.low === undefined) strokeLine(context, left, upper, left, lower, right, upper, right, lower);
      else strokeLine(context, left, upper, right, upper, left, lower, right, lower);
    }
    context.globalAlpha = 1;
  });
}

export function paintAbove(plot: uPlot, spec: PlotSpec, model: PanelModel, theme: Theme): void {
  clipped(plot, (context, ratio) => {
    const { left, top, width } = plot.bbox;
    for (const band of spec.bands(model)) {
      const from = Math.max(left, plot.valToPos(band.from, "x", true));
      const room = Math.min(left + width, plot.valToPos(band.to, "x", true)) - from;
      context.font = scaledFont(theme.font, ratio);
      if (band.label !== "" && context.measureText(band.label).width + 8 * ratio <= room) label(context, theme, band.label, from + 4 * ratio, top + 9 * ratio, "left", ratio);
    }
    for (const level of spec.levels(model)) {
      const y = plot.valToPos(level.value, "y", true);
      context.strokeStyle = theme[level.color];
      context.lineWidth = 1.25 * ratio;
      context.setLineDash(levelDash.map((part) => part * ratio));
      context.beginPath();
      strokeLine(context, left, y, left + width, y);
      context.setLineDash([]);
      const above = y - 8 * ratio;
      label(context, theme, level.label, left + width - 4 * ratio, above - 7 * ratio < top ? y + 8 * ratio : above, "right", ratio);
    }
    // marks of one direction that would cover each other are left out: the curve below shows them
    const last = { up: -Infinity, down: -Infinity };
    for (const mark of spec.decisions(model)) {
      const x = plot.valToPos(mark.t, "x", true);
      if (x - last[mark.direction] < 7 * ratio) continue;
      last[mark.direction] = x;
      triangle(context, x, plot.valToPos(mark.value, "y", true), mark.direction, ratio, theme);
    }
  });
}

/** Several separate strokes, four numbers each. */
function strokeLine(context: CanvasRenderingContext2D, ...ends: readonly number[]): void {
  for (let i = 0; i + 3 < ends.length; i += 4) {
    context.moveTo(ends[i] ?? 0, ends[i + 1] ?? 0);
    context.lineTo(ends[i + 2] ?? 0, ends[i + 3] ?? 0);
  }
  context.stroke();
}

/** Text on a plate of the background, so that it stays legible over lines. */
function label(context: CanvasRenderingContext2D, theme: Theme, text: string, x: number, y: number, align: CanvasTextAlign, ratio: number): void {
  context.font = scaledFont(theme.font, ratio);
  context.textAlign = align;
  context.textBaseline = "middle";
  const width = context.measureText(text).width;
  context.globalAlpha = 0.7;
  context.fillStyle = theme.background;
  context.fillRect((align === "left" ? x : x - width) - 2 * ratio, y - 7 * ratio, width + 4 * ratio, 14 * ratio);
  context.globalAlpha = 1;
  context.fillStyle = theme.muted;
  context.fillText(text, x, y);
}

function scaledFont(font: string, ratio: number): string {
  return font.replace(/^([\d.]+)px/, (_whole, size: string) => `${Number(size) * ratio}px`);
}

/** Points up where the pool grows, down where it shrinks. */
function triangle(context: CanvasRenderingContext2D, x: number, y: number, direction: "up" | "down", ratio: number, theme: Theme): void {
  const size = 3.5 * ratio;
  const tip = direction === "up" ? -size : size;
  context.beginPath();
  context.moveTo(x - size, y - tip);
  context.lineTo(x + size, y - tip);
  context.lineTo(x, y + tip);
  context.closePath();
  context.fillStyle = direction === "up" ? theme.orange : theme.blue;
  context.fill();
  context.strokeStyle = theme.background;
  context.lineWidth = 0.75 * ratio;
  context.stroke();
}

function clipped(plot: uPlot, paint: (context: CanvasRenderingContext2D, ratio: number) => void): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  paint(plot.ctx, uPlot.pxRatio);
  plot.ctx.restore();
}
