// The tables and the ratios of what the servers were seen to do.
import { least, median, quantile } from "../shared/figures.mjs";
import { msText, ratioText, table, targetTable } from "../shared/page.mjs";

/**
 * @typedef {import("./run.mjs").Figures} Figures
 * @typedef {{ readonly bundles: readonly { readonly id: string, readonly name: string, readonly bytes: number, readonly gzipBytes: number }[], readonly starts: readonly { readonly id: string, readonly name: string, readonly ms: readonly number[] }[], readonly sizes: readonly { readonly lines: number, readonly servers: readonly Figures[] }[] }} Result
 * @typedef {"keystrokes" | "completions" | "hints" | "rested"} Kind
 */

/** @param {Result} result @param {number} lines @param {string} id */
const figuresOf = ({ sizes }, lines, id) => sizes.find((size) => size.lines === lines)?.servers.find((server) => server.id === id);
/** @param {Figures | undefined} figures @param {Kind} kind */
const flat = (figures, kind) => figures?.[kind].flat() ?? [];
/** The quotient of two quantiles over all rounds. @param {Figures | undefined} a @param {Figures | undefined} b @param {Kind} kind @param {number} share */
const quotient = (a, b, kind, share) => quantile(flat(a, kind), share) / quantile(flat(b, kind), share);

/** What is compared from run to run: smaller is better in all. @param {Result} result @returns {Record<string, number>} */
export function lspRatios(result) {
  /** @type {Record<string, number>} */
  const ratios = {};
  const put = (/** @type {string} */ name, /** @type {number} */ value) => {
    if (Number.isFinite(value)) ratios[name] = value;
  };
  for (const { lines, servers } of result.sizes) {
    const ours = figuresOf(result, lines, "lbpolicy");
    for (const peer of servers) {
      if (peer.id === "lbpolicy") continue;
      put(`keystroke ${lines} p50: ours / ${peer.id}`, quotient(ours, peer, "keystrokes", 0.5));
      put(`keystroke ${lines} p95: ours / ${peer.id}`, quotient(ours, peer, "keystrokes", 0.95));
      put(`keystroke after a pause ${lines} p50: ours / ${peer.id}`, quotient(ours, peer, "rested", 0.5));
      put(`completion ${lines} p95: ours / ${peer.id}`, quotient(ours, peer, "completions", 0.95));
      put(`memory ${lines}: ours / ${peer.id}`, (ours?.peakBytes ?? NaN) / (peer.peakBytes ?? NaN));
    }
  }
  put("keystroke p50: ours at 100000 / at 10000", quantile(flat(figuresOf(result, 100_000, "lbpolicy"), "keystrokes"), 0.5) / quantile(flat(figuresOf(result, 10_000, "lbpolicy"), "keystrokes"), 0.5));
  // The least: what else runs on the machine only ever adds.
  const start = (/** @type {string} */ id) => least(result.starts.find((each) => each.id === id)?.ms ?? []);
  for (const { id } of result.starts) if (id !== "lbpolicy") put(`start: ours / ${id}`, start("lbpolicy") / start(id));
  const bundle = result.bundles.find(({ id }) => id === "lbpolicy");
  put("bundle: kB minified", (bundle?.bytes ?? NaN) / 1000);
  put("bundle: kB gzip", (bundle?.gzipBytes ?? NaN) / 1000);
  return ratios;
}

/** @param {Result & { readonly ratios: Readonly<Record<string, number>> }} result */
export function lspTables(result) {
  const { ratios } = result;
  const of = (/** @type {string} */ name) => ratios[name] ?? NaN;
  const targets = targetTable([
    { measure: "keystroke to diagnostics p50, 10k, / vscode-json pull", found: of("keystroke 10000 p50: ours / vscode-json"), limit: 1 / 8, stretch: 1 / 16, is: "at most" },
    { measure: "keystroke to diagnostics p95, 10k, / vscode-json pull", found: of("keystroke 10000 p95: ours / vscode-json"), limit: 1 / 8, stretch: 1 / 16, is: "at most" },
    { measure: "keystroke to diagnostics p50, 10k, / do-nothing server", found: of("keystroke 10000 p50: ours / idle"), limit: 3, stretch: 1.5, is: "at most" },
    { measure: "keystroke to diagnostics p95, 10k, / do-nothing server", found: of("keystroke 10000 p95: ours / idle"), limit: 3, stretch: 1.5, is: "at most" },
    { measure: "keystroke p50 at 100k lines / at 10k", found: of("keystroke p50: ours at 100000 / at 10000"), limit: 10, is: "at most" },
    { measure: "completion right after an edit p95, 10k, / vscode-json", found: of("completion 10000 p95: ours / vscode-json"), limit: 1 / 6, is: "at most" },
    { measure: "peak memory, 10k, / vscode-json", found: of("memory 10000: ours / vscode-json"), limit: 1, stretch: 0.8, is: "at most" },
    { measure: "peak memory, 10k, / Langium", found: of("memory 10000: ours / langium"), limit: 0.5, is: "at most" },
    { measure: "spawn to initialize / bare Node", found: of("start: ours / node"), limit: 1.6, stretch: 1.5, is: "at most" },
    { measure: "server bundle (all its code), minified", found: of("bundle: kB minified"), limit: 500, is: "at most", unit: " kB" },
    { measure: "server bundle (all its code), gzip", found: of("bundle: kB gzip"), limit: 130, is: "at most", unit: " kB" },
  ]);
  const sections = [targets];

  const pair = (/** @type {readonly number[]} */ ms) => (ms.length === 0 ? "–" : `${msText(quantile(ms, 0.5))} / ${msText(quantile(ms, 0.95))}`);
  const lineTitles = result.sizes.map(({ lines }) => `${lines.toLocaleString("en-US")} lines`);
  const ids = [...new Set(result.sizes.flatMap(({ servers }) => servers.map(({ id }) => id)))];
  const nameOf = (/** @type {string} */ id) => {
    const figures = result.sizes.flatMap(({ servers }) => servers).find((each) => each.id === id);
    return figures === undefined ? id : id === "vscode-json" || id === "vscode-json-push" ? figures.name : `${figures.name}, ${figures.diagnostics}`;
  };
  /** @param {string} title @param {Kind} kind @param {(id: string) => boolean} [takes] */
  const latency = (title, kind, takes = () => true) => table(
    [title, ...lineTitles.flatMap((lines) => [`${lines}: p50 / p95 ms`, "ours is, of it"])],
    ids.filter(takes).map((id) => [nameOf(id), ...result.sizes.flatMap(({ lines }) => {
      const figures = figuresOf(result, lines, id);
      const ours = figuresOf(result, lines, "lbpolicy");
      const ms = flat(figures, kind);
      if (ms.length === 0) return [figures?.failure === undefined ? "–" : "failed", ""];
      return [pair(ms), id === "lbpolicy" ? "1" : `${ratioText(quotient(ours, figures, kind, 0.5))} / ${ratioText(quotient(ours, figures, kind, 0.95))}`];
    })]));
  sections.push(
    latency("keystroke → right diagnostics", "keystrokes"),
    latency("the same after a pause of 0.7 s", "rested"),
    latency("completion right after an edit", "completions"),
    latency("hints of 60 lines right after an edit", "hints", (id) => id === "lbpolicy" || id === "idle"),
    table(["opening, to the right diagnostics, ms", ...lineTitles], ids.map((id) => [nameOf(id), ...result.sizes.map(({ lines }) => msText(figuresOf(result, lines, id)?.openMs ?? NaN))])),
    table(["peak memory, MB", ...lineTitles.flatMap((lines) => [lines, "ours is, of it"])], ids.map((id) => [nameOf(id), ...result.sizes.flatMap(({ lines }) => {
      const bytes = figuresOf(result, lines, id)?.peakBytes;
      return bytes === undefined ? ["–", ""] : [String(Math.round(bytes / 1e6)), ratioText((figuresOf(result, lines, "lbpolicy")?.peakBytes ?? NaN) / bytes)];
    })])),
  );

  for (const { lines, servers } of result.sizes) {
    const stormed = servers.filter((figures) => figures.storm !== undefined);
    if (stormed.length === 0) continue;
    sections.push(table(
      [`storm, ${lines.toLocaleString("en-US")} lines`, "keystrokes", "answered p50 / p95 ms", "slowest ms", "cancelled", "refused", "all answered, ms after the last keystroke was due", "next mend → right diagnostics, ms"],
      stormed.map(({ id, storm }) => (storm === undefined ? [] : [
        nameOf(id), String(storm.keystrokes), pair(storm.ms), storm.ms.length === 0 ? "–" : msText(Math.max(...storm.ms)), `${((100 * storm.cancelled) / Math.max(1, storm.asked)).toFixed(0)} % of ${storm.asked}`, String(storm.failed),
        msText(Math.max(0, storm.answeredMs - storm.keystrokes * 10)), msText(storm.settledMs),
      ]))));
  }

  const bare = result.starts.find(({ id }) => id === "node")?.ms ?? [];
  sections.push(
    table(["spawn → answer to initialize", "least ms", "median ms", "× bare Node, least (median)"], result.starts.map(({ name, ms }) => [name, msText(least(ms)), msText(median(ms)), `${ratioText(least(ms) / least(bare))} (${ratioText(median(ms) / median(bare))})`])),
    table(["bundle", "minified kB", "gzip kB"], result.bundles.map(({ name, bytes, gzipBytes }) => [name, String(Math.round(bytes / 1000)), String(Math.round(gzipBytes / 1000))])),
  );
  const failures = result.sizes.flatMap(({ lines, servers }) => servers.flatMap(({ name, failure }) => (failure === undefined ? [] : [`- ${name}, ${lines.toLocaleString("en-US")} lines: ${failure}`])));
  if (failures.length > 0) sections.push(`What could not be measured:\n${failures.join("\n")}`);
  return sections.join("\n\n");
}
