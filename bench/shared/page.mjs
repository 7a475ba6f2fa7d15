// The tables of docs/performance.md: written by the benchmarks between two marks, never by hand.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pagePath = new URL("../../docs/performance.md", import.meta.url);

/** @param {string} page @param {string} section @param {string} content Markdown */
export function withSection(page, section, content) {
  const [begin, end] = [`<!-- ${section}: written by bench/ -->`, `<!-- end of ${section} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no section "${section}"`);
  return `${page.slice(0, from + begin.length)}\n${content.trim()}\n${page.slice(to)}`;
}

/** @param {string} section @param {string} content */
export function writeSection(section, content) {
  writeFileSync(pagePath, withSection(readFileSync(pagePath, "utf8"), section, content));
}

/** @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows */
export function table(head, rows) {
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Where and on what it was measured, with the versions of what was compared. @param {Readonly<Record<string, string>>} versions @param {string} command */
export function circumstances(versions, command) {
  const git = (/** @type {readonly string[]} */ ...words) => execFileSync("git", [...words], { cwd: root, encoding: "utf8" }).trim();
  const commit = `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--untracked-files=no", "--", "language", "server", "package-lock.json") === "" ? "" : " with changes"}`;
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  const [load = 0] = loadavg();
  return `Measured ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC at ${commit} by \`${command}\`: ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores (shared, load ${load.toFixed(1)} at the end), ` +
    `${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}${all === "" ? "" : `; ${all}`}.`;
}

/** The command as it was given, without where its results go. @param {string} script */
export function commandOf(script) {
  const words = process.argv.slice(2);
  const kept = words.filter((word, i) => word !== "--write" && word !== "--json" && words[i - 1] !== "--json");
  return `npm run ${script}${kept.length > 0 ? ` -- ${kept.join(" ")}` : ""}`;
}

/** Milliseconds with three significant digits or whole. @param {number} ms */
export const msText = (ms) => (!Number.isFinite(ms) ? "–" : ms >= 100 ? Math.round(ms).toLocaleString("en-US") : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2));
/** @param {number} ratio */
export const ratioText = (ratio) => (!Number.isFinite(ratio) ? "–" : ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2));

/**
 * A target of the design and what was measured.
 * @typedef {{ readonly measure: string, readonly found: number, readonly limit: number, readonly stretch?: number, readonly is: "at most" | "at least", readonly unit?: string }} Target
 * @param {readonly Target[]} targets
 */
export function targetTable(targets) {
  return table(["target", "wanted", "measured", "", "stretch"], targets.map(({ measure, found, limit, stretch, is, unit = "" }) => {
    const holds = (/** @type {number} */ bound) => (is === "at most" ? found <= bound : found >= bound);
    const sign = is === "at most" ? "≤" : "≥";
    const verdict = (/** @type {number} */ bound) => (Number.isNaN(found) ? "not measured" : holds(bound) ? "met" : "**not met**");
    return [measure, `${sign} ${ratioText(limit)}${unit}`, Number.isNaN(found) ? "–" : `${ratioText(found)}${unit}`, verdict(limit), stretch === undefined ? "–" : `${sign} ${ratioText(stretch)}${unit}: ${verdict(stretch).replaceAll("**", "")}`];
  }));
}
