/** The pages of docs/diagnostics, taken apart, and their examples run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { analyze, compile, quickFixes, readSettings, simulate, simulateRequests, targetNames, unknownParams } from "../../language/src/index.ts";
import type { Diagnostic, Settings, SimulationRequest, TargetName } from "../../language/src/index.ts";
import { root } from "./root.ts";

export const pagesFolder = fileURLToPath(new URL("docs/diagnostics/", root));

export interface Example {
  /** The text of the policy. */
  readonly text: string;
  /** What stands behind the fence's language: `nginx haproxy`, `--set peak=3`, `--severity`, `--backend x`. */
  readonly options: string;
  readonly language: string;
}

export interface Page {
  readonly code: string;
  readonly text: string;
  readonly title: string;
  /** The line under the title. */
  readonly kindLine: string;
  readonly why: string;
  readonly sections: ReadonlyMap<string, string>;
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
  /** Title of the quick fix that the page promises. */
  readonly fix: string | undefined;
  /** Other codes that the bad example may show, as the page says. */
  readonly alsoReports: readonly string[];
}

export function pageNames(): readonly string[] {
  return existsSync(pagesFolder) ? readdirSync(pagesFolder).filter((name) => /^LBP\d{4}\.md$/.test(name)).sort() : [];
}

export function readPage(code: string): Page {
  const text = readFileSync(`${pagesFolder}${code}.md`, "utf8");
  const [head = "", ...rest] = text.split(/^## /m);
  const [titleLine = "", kindLine = "", ...why] = head.split("\n").filter((line) => line.trim() !== "");
  const sections = new Map(rest.map((section) => {
    const end = section.indexOf("\n");
    return [section.slice(0, end).trim(), section.slice(end + 1).trim()] as const;
  }));
  const all = [...sections.values()].join("\n");
  return {
    code, text, title: titleLine.replace(/^# /, ""), kindLine, why: why.join(" "), sections,
    bad: examplesIn(sections.get("Bad") ?? ""),
    good: examplesIn(sections.get("Good") ?? ""),
    fix: /^Quick fix: (.+)$/m.exec(all)?.[1],
    alsoReports: [...(/^Also reported here: (.+)$/m.exec(all)?.[1] ?? "").matchAll(/LBP\d{4}/g)].map((match) => match[0]),
  };
}

function examplesIn(section: string): readonly Example[] {
  return [...section.matchAll(/^```(\w+) ?([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, language = "", options = "", text = ""]) => ({ language, options, text }));
}

/** Everything that is found in an example by the options of its fence: a check, and a simulation where one is asked for. */
export function diagnosticsOf(example: Example, text: string = example.text): readonly Diagnostic[] {
  if (example.language === "json") return inSettings(text);
  const words = example.options.split(/\s+/).filter((word) => word !== "");
  const option = (name: string): readonly string[] => words.flatMap((word, i) => (word === name ? [words[i + 1] ?? ""] : []));
  const targets = targetNames.filter((name) => words.includes(name)) as readonly TargetName[];
  const parameters = Object.fromEntries(option("--set").map((each) => each.split("=") as [string, string]));
  const [environment] = option("--env");
  const analysis = analyze({ file: "policy.lbpolicy", text }, { targets, parameters, ...(environment === undefined ? {} : { environment }) });
  const found = [...analysis.diagnostics, ...targets.flatMap((target) => compile(analysis, target).diagnostics)].map((diagnostic): Diagnostic => ({ ...diagnostic, fixes: quickFixes(analysis, diagnostic) }));
  if (!words.includes("simulate") && !words.includes("requests")) return found;
  const [requests] = option("--requests").map(Number);
  const outcome = requests === undefined ? simulate(analysis, requestOf(option)) : simulateRequests(analysis, { ...requestOf(option), requests });
  return outcome.kind === "refused" ? [...found, ...outcome.diagnostics] : found;
}

function requestOf(option: (name: string) => readonly string[]): SimulationRequest {
  const texts = (["backend", "scenario", "traffic"] as const).flatMap((name) => option(`--${name}`).map((value) => [name, value] as const));
  const numbers = ([["--duration-seconds", "durationSeconds"], ["--step-seconds", "stepSeconds"], ["--load-factor", "loadFactor"]] as const)
    .flatMap(([name, key]) => option(name).map((value) => [key, Number(value)] as const));
  return Object.fromEntries([...texts, ...numbers]) as SimulationRequest;
}

/** An lbpolicy.json beside a policy that has one param of each kind. */
function inSettings(text: string): readonly Diagnostic[] {
  const settings: Settings = readSettings({ file: "lbpolicy.json", text });
  const { diagnostics, scopes } = analyze({ file: "policy.lbpolicy", text: "param peak = 100rps\nbackend web {\n  demand peak\n  server 10.0.0.1:80\n}\n" }, { settings });
  return [...diagnostics.filter((diagnostic) => diagnostic.file === "lbpolicy.json"), ...unknownParams(settings, new Set(scopes.param.byName.keys()))];
}
