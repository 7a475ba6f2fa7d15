/** A report as a picture: four plots over one time axis. */
import type { SimulationPoint, SimulationReport } from "../report.ts";
import { clockText, grouped, secondsText, shareText, startText } from "./words.ts";

const width = 960;
const left = 84;
const right = 16;
const plotHeight = 120;
const gap = 48;
const top = 62;
const inner = width - left - right;

interface Line {
  readonly name: string;
  readonly kind: "first" | "second" | "third";
  readonly of: (point: SimulationPoint) => number | null;
}

interface Plot {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly text: (value: number) => string;
  /** A level to hold. */
  readonly level?: number;
  /** Only whole numbers: the middle of the scale is one too. */
  readonly isWhole?: true;
}

/** Text that can stand anywhere in SVG or HTML. Control characters are left out. */
export function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, "").replace(/[&<>"']/gu, (mark) => marks[mark] ?? "");
}

/** Self-contained; follows the reader's light or dark scheme. */
export function reportSvg(report: SimulationReport): string {
  const plots = plotsOf(report);
  const height = top + plots.length * (plotHeight + gap);
  const title = `${report.backend}${report.scenario === null ? "" : `, scenario ${report.scenario}`}: ${secondsText(report.durationSeconds)} from ${startText(report)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="head" x="${left}" y="24">${escaped(title)}</text>
${saturatedSpans(report).length === 0 ? "" : `<rect class="full" x="${width - right - 194}" y="14" width="12" height="12"/><text class="name" x="${width - right}" y="24" text-anchor="end">saturated: the queue grows</text>\n`}${plots.map((plot, index) => plotSvg(report, plot, top + index * (plotHeight + gap))).join("\n")}
</svg>
`;
}

const style = [
  ".ground{fill:#fff}.head,.name,.tick{font-family:system-ui,sans-serif;fill:#1f2328}.head{font-size:15px;font-weight:600}.name{font-size:12px}.tick{font-size:11px;fill:#59636e}",
  ".grid{stroke:#d1d9e0;stroke-width:1}.line{fill:none;stroke-width:1.5;stroke-linejoin:round}",
  ".first{stroke:#0969da}.second{stroke:#bc4c00}.third{stroke:#8250df}.level{stroke:#1a7f37;stroke-width:1;stroke-dasharray:5 4}.full{fill:#cf222e;opacity:.18}",
  "text.first,text.second,text.third,text.level{stroke:none}text.level{fill:#1a7f37}text.first{fill:#0969da}text.second{fill:#bc4c00}text.third{fill:#8250df}",
  "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}.head,.name{fill:#e6edf3}.tick{fill:#9198a1}.grid{stroke:#3d444d}.first{stroke:#4493f8}.second{stroke:#f0883e}.third{stroke:#ab7df8}",
  "text.first{fill:#4493f8}text.second{fill:#f0883e}text.third{fill:#ab7df8}.level{stroke:#3fb950}text.level{fill:#3fb950}}",
].join("");

function plotsOf(report: SimulationReport): readonly Plot[] {
  const response: Plot = {
    title: "response time", text: secondsText,
    lines: [{ name: "mean", kind: "first", of: (point) => point.responseTime }, { name: "p95", kind: "second", of: (point) => point.p95 }, { name: "p99", kind: "third", of: (point) => point.p99 }],
  };
  const hasTimes = report.points.some((point) => point.responseTime !== null);
  return [
    { title: "requests per second", text: grouped, lines: [{ name: "arrivals", kind: "first", of: (point) => point.arrivalRate }, { name: "capacity", kind: "second", of: (point) => point.capacity }] },
    { title: "members", text: grouped, isWhole: true, lines: [{ name: "wanted", kind: "second", of: (point) => point.replicas }, { name: "ready", kind: "first", of: (point) => point.ready }] },
    {
      title: "load factor", text: shareText, lines: [{ name: "load factor", kind: "first", of: (point) => point.loadFactor }],
      ...(report.targetLoadFactor === null ? {} : { level: report.targetLoadFactor }),
    },
    ...(hasTimes ? [response] : []),
  ];
}

function plotSvg(report: SimulationReport, plot: Plot, y: number): string {
  const { points } = report;
  let most = plot.level ?? 0;
  for (const point of points) for (const line of plot.lines) most = Math.max(most, line.of(point) ?? 0);
  const bound = roundBound(most, plot.isWhole === true ? wholeSteps : steps);
  const x = (t: number) => left + (inner * t) / report.durationSeconds;
  const at = (value: number) => y + plotHeight - (plotHeight * value) / bound;
  const parts = [`<text class="name" x="${left}" y="${y - 8}">${escaped(plot.title)}</text>`];
  let legend = width - right;
  for (const line of plot.lines.length > 1 ? [...plot.lines].reverse() : []) {
    parts.push(`<text class="name ${line.kind}" x="${legend}" y="${y - 8}" text-anchor="end">${escaped(line.name)}</text>`);
    legend -= 16 + 6.3 * line.name.length;
  }
  if (plot.level !== undefined) {
    parts.push(`<text class="name level" x="${legend}" y="${y - 8}" text-anchor="end">${escaped(`target ${plot.text(plot.level)}`)}</text>`);
  }
  for (const share of [0, 0.5, 1]) {
    const level = short(at(bound * share));
    parts.push(`<line class="grid" x1="${left}" y1="${level}" x2="${width - right}" y2="${level}"/><text class="tick" x="${left - 8}" y="${short(at(bound * share) + 4)}" text-anchor="end">${escaped(plot.text(bound * share))}</text>`);
  }
  for (let tick = 0; tick <= 6; tick++) {
    const t = (report.durationSeconds * tick) / 6;
    const anchor = tick === 0 ? "start" : tick === 6 ? "end" : "middle";
    parts.push(`<text class="tick" x="${short(x(t))}" y="${y + plotHeight + 16}" text-anchor="${anchor}">${escaped(clockText(report, Math.round(t / 60) * 60))}</text>`);
  }
  for (const span of saturatedSpans(report)) {
    parts.push(`<rect class="full" x="${short(x(span.from))}" y="${y}" width="${short(Math.max(1, x(span.to) - x(span.from)))}" height="${plotHeight}"/>`);
  }
  if (plot.level !== undefined) parts.push(`<line class="level" x1="${left}" y1="${short(at(plot.level))}" x2="${width - right}" y2="${short(at(plot.level))}"/>`);
  for (const line of plot.lines) parts.push(`<path class="line ${line.kind}" d="${pathOf(points, line.of, x, at)}"/>`);
  return parts.join("\n");
}

/** Of the points of each column of the picture the first, the least, the greatest and the last. A gap where there is no value. */
function pathOf(points: readonly SimulationPoint[], of: Line["of"], x: (t: number) => number, y: (value: number) => number): string {
  const commands: string[] = [];
  let isDown = false;
  let column = -1;
  let held: { readonly t: number; readonly value: number }[] = [];
  const draw = (t: number, value: number): void => {
    commands.push(`${isDown ? "L" : "M"}${short(x(t))} ${short(y(value))}`);
    isDown = true;
  };
  const close = (): void => {
    const [first] = held;
    const last = held.at(-1);
    if (first === undefined || last === undefined) return;
    const least = held.reduce((best, each) => (each.value < best.value ? each : best));
    const most = held.reduce((best, each) => (each.value > best.value ? each : best));
    const kept = [first, ...(least.t < most.t ? [least, most] : [most, least]), last];
    kept.filter((each, index) => index === 0 || each !== kept[index - 1]).forEach((each) => draw(each.t, each.value));
    held = [];
  };
  for (const point of points) {
    const value = of(point);
    const own = Math.floor(x(point.t));
    if (own !== column || value === null) close();
    column = own;
    if (value === null) isDown = false;
    else held.push({ t: point.t, value });
  }
  close();
  return commands.join("");
}

function saturatedSpans(report: SimulationReport): readonly { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  report.points.forEach((point, index) => {
    if (point.saturated !== true) return;
    const to = report.points[index + 1]?.t ?? report.durationSeconds;
    const last = spans.at(-1);
    if (last !== undefined && last.to === point.t) last.to = to;
    else spans.push({ from: point.t, to });
  });
  return spans;
}

const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const wholeSteps = [2, 4, 6, 8, 10, 12, 16, 20];

/** One of the steps times a power of ten, at least `value`. */
function roundBound(value: number, of: readonly number[]): number {
  if (!(value > 0)) return of[0] ?? 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const scale = of === wholeSteps && value < 10 ? 1 : of === wholeSteps ? power / 10 : power;
  for (let factor = scale; ; factor *= 10) {
    const step = of.find((each) => each * factor >= value * (1 - 1e-9));
    if (step !== undefined) return step * factor;
  }
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
