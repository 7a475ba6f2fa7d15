/** A report as one page that needs nothing else: no script, no other file, no connection. */
import type { SimulationReport } from "../report.ts";
import { escaped, reportSvg } from "./svg.ts";
import { clockText, countText, expectationText, figure, grouped, reasonText, secondsText, shareText, startText, worstP95Text, worstText } from "./words.ts";

const mostEvents = 500;

export function reportHtml(report: SimulationReport): string {
  const title = `${report.backend}${report.scenario === null ? "" : `: ${report.scenario}`}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 976px; margin: 24px auto; padding: 0 16px; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: 8px 0 24px; }
th, td { text-align: left; padding: 3px 16px 3px 0; vertical-align: top; border-bottom: 1px solid #8884; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td:first-child { white-space: nowrap; }
.fails { font-weight: 600; color: light-dark(#cf222e, #f85149); }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(`${report.traffic === null ? "Its demand" : `Traffic ${report.traffic}`}, ${secondsText(report.durationSeconds)} from ${startText(report)}, in steps of ${secondsText(report.stepSeconds)}; picks of ${report.target}, seed ${report.seed}.`)}</p>
${reportSvg(report)}
${expectations(report)}${summary(report)}${members(report)}${events(report)}${notes(report)}</body>
</html>
`;
}

function expectations(report: SimulationReport): string {
  if (report.expectations.length === 0) return "";
  const rows = report.expectations.map((each) => {
    const why = each.holds ? undefined : reasonText(report, each);
    return `<tr><td${each.holds ? "" : ' class="fails"'}>${each.holds ? "holds" : "does not hold"}</td><td>${escaped(expectationText(each))}</td><td>${escaped(worstText(report, each) ?? "")}</td><td>${escaped(why ?? "")}</td></tr>`;
  });
  return `<h2>Expectations</h2>\n<table>\n${headings("result", "expected: measured", "when", "what was going on")}\n${rows.join("\n")}\n</table>\n`;
}

function summary(report: SimulationReport): string {
  const { summary: figures } = report;
  const size = figures.minReplicas === figures.maxReplicas ? String(figures.minReplicas) : `${figures.minReplicas} to ${figures.maxReplicas}`;
  const rows: (readonly [string, string])[] = [
    ["Highest rate", `${grouped(figures.peakArrivalRate)} requests/s`],
    ["Highest load factor", `${shareText(figures.peakLoadFactor)} at ${clockText(report, figures.peakLoadFactorAt)}`],
    ["Worst p95", `${worstP95Text(figures)}${figures.worstP95 === null && figures.saturatedSeconds === 0 ? "" : ` at ${clockText(report, figures.worstP95At)}`}`],
    ["Members", figures.minReplicas === figures.maxReplicas && figures.scalingActions === 0 ? size : `${size}, ${countText(figures.scalingActions, "change")}, ${countText(figures.flaps, "flap")}`],
    ["Availability", `${shareText(figures.availability)}, ${countText(figures.dropped, "request")} failed`],
    ...(report.targetLoadFactor === null ? [] : [["Above the target", secondsText(figures.secondsAboveTarget)] as const]),
    ["Saturated", secondsText(figures.saturatedSeconds)],
    ...(figures.cost === null ? [] : [["Cost", dollars(figures.cost)] as const]),
  ];
  return `<h2>Summary</h2>\n<table>\n${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`).join("\n")}\n</table>\n`;
}

function headings(...names: readonly string[]): string {
  return `<tr>${names.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr>`;
}

function dollars(value: number): string {
  return `$${value.toFixed(2).replace(/(?<=\d)(?=(?:\d{3})+\.)/gu, ",")}`;
}

function members(report: SimulationReport): string {
  if (report.members === undefined || report.members.length === 0) return "";
  const rows = report.members.map((member) =>
    `<tr><td>${escaped(member.name)}</td><td class="number">${member.count}</td><td class="number">${escaped(figure(member.ratePerSecond))}</td><td class="number">${escaped(shareText(member.loadFactor))}</td><td>${member.state}</td></tr>`);
  return `<h2>Members at the highest load factor</h2>\n<table>\n<tr><th scope="col">member</th><th scope="col" class="number">count</th><th scope="col" class="number">requests/s each</th><th scope="col" class="number">load factor</th><th scope="col">state</th></tr>\n${rows.join("\n")}\n</table>\n`;
}

function events(report: SimulationReport): string {
  if (report.events.length === 0) return "";
  const rows = report.events.slice(0, mostEvents).map((event) =>
    `<tr><td>${escaped(clockText(report, event.t))}</td><td class="number">${event.from} → ${event.to}</td><td>${escaped(event.reason)}</td></tr>`);
  const more = report.events.length - rows.length;
  return `<h2>Changes of size</h2>\n<table>\n<tr><th scope="col">time</th><th scope="col" class="number">members</th><th scope="col">why</th></tr>\n${rows.join("\n")}\n</table>\n${more > 0 ? `<p>and ${more} more</p>\n` : ""}`;
}

function notes(report: SimulationReport): string {
  return report.notes.length === 0 ? "" : `<h2>Notes</h2>\n<ul>\n${report.notes.map((note) => `<li>${escaped(note)}</li>`).join("\n")}\n</ul>\n`;
}
