/** From the paths of a command line to analysed policies. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { analyze, check } from "../../language/src/index.ts";
import type { Analysis, AnalyzeOptions, Check, Settings } from "../../language/src/index.ts";
import { isInside, realPathOf } from "../../server/src/import-file.ts";
import { fileProblem, readTextFile } from "../../server/src/text-file.ts";
import { shownName } from "./file-names.ts";
import { createImportHost } from "./import-host.ts";
import type { CommonOptions } from "./options.ts";
import { visibleText } from "./plain-text.ts";
import { settingsOfRoot } from "./settings-file.ts";
import { Refusal, WrongUsage } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** A policy that a command line names. */
export interface PolicyFile {
  /** As it is shown: relative to the working directory where it lies below it; `<stdin>` for `-`. */
  readonly name: string;
  /** Absolute; undefined for standard input. */
  readonly path: string | undefined;
  readonly text: string;
  readonly hasByteOrderMark: boolean;
}

/** The one policy of a command that takes one. Throws where it is missing, one of many, or cannot be read. */
export async function readOnePolicy(paths: readonly string[], command: string, terminal: Terminal): Promise<PolicyFile> {
  const [path, ...more] = paths;
  if (path === undefined) throw new WrongUsage(`${command} needs the name of a policy, or - for standard input`);
  if (more.length > 0) throw new WrongUsage(`${command} takes one policy, not ${paths.length}`);
  const read = await readPolicy(path, terminal);
  if ("problem" in read) throw new Refusal(read.problem);
  return read;
}

export interface PolicyFiles {
  /** In the order of the paths, those of a folder sorted, each file once. */
  readonly files: readonly PolicyFile[];
  /** One line for each path that could not be read. */
  readonly problems: readonly string[];
}

/** The policies of files and folders: of a folder all `*.lbpolicy` below it, `node_modules` and dot folders left out. */
export async function readPolicies(paths: readonly string[], command: string, terminal: Terminal): Promise<PolicyFiles> {
  if (paths.length === 0) throw new WrongUsage(`${command} needs the names of policies or folders, or - for standard input`);
  if (paths.filter((path) => path === "-").length > 1) throw new WrongUsage("standard input (-) can be read once");
  const files: PolicyFile[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const listed = path === "-" ? [path] : listPolicies(resolve(terminal.folder, path), path, problems);
    for (const each of listed) {
      const read = await readPolicy(each, terminal);
      if ("problem" in read) problems.push(read.problem);
      else if (!seen.has(read.name)) files.push(read);
      if ("name" in read) seen.add(read.name);
    }
  }
  return { files, problems };
}

type CheckOptions = Pick<AnalyzeOptions, "targets" | "severities">;

/** Analyses a policy with what the command line says about params, environment and root, and with the root's lbpolicy.json. */
export function analyzePolicy(file: PolicyFile, common: CommonOptions, terminal: Terminal, extra: CheckOptions = {}): Analysis {
  return analyze({ file: file.name, text: file.text }, optionsFor(file, common, terminal, extra));
}

/** As `analyzePolicy`, and for every environment that the policy declares unless one is asked for. */
export function checkPolicy(file: PolicyFile, common: CommonOptions, terminal: Terminal, extra: CheckOptions = {}): Check {
  return check({ file: file.name, text: file.text }, optionsFor(file, common, terminal, extra));
}

/** The root of a policy, and what its lbpolicy.json says. */
export function rootOf(file: PolicyFile, common: CommonOptions, terminal: Terminal): { readonly root: string; readonly settings: Settings | undefined } {
  const root = common.root ?? defaultRoot(file, terminal);
  return { root, settings: settingsOfRoot(root, terminal.folder) };
}

function optionsFor(file: PolicyFile, common: CommonOptions, terminal: Terminal, extra: CheckOptions): AnalyzeOptions {
  const { root, settings } = rootOf(file, common, terminal);
  return {
    imports: createImportHost({ root, folder: terminal.folder, entry: { name: file.name, path: file.path ?? join(root, "stdin") } }),
    parameters: common.parameters,
    ...(common.environment === undefined ? {} : { environment: common.environment }),
    ...(settings === undefined ? {} : { settings }),
    ...extra,
  };
}

/** The name of a policy without its folder and extension: `shop` of `samples/shop.lbpolicy`, `policy` of standard input. */
export function stemOf(file: PolicyFile): string {
  return file.path === undefined ? "policy" : basename(file.path).replace(/\.lbpolicy$/u, "");
}

async function readPolicy(path: string, terminal: Terminal): Promise<PolicyFile | { readonly problem: string }> {
  if (path === "-") {
    const input = await terminal.readInput();
    return "problem" in input ? { problem: `standard input ${input.problem}` } : { name: "<stdin>", path: undefined, ...input };
  }
  const absolute = resolve(terminal.folder, path);
  const read = readTextFile(absolute);
  if ("problem" in read) return { problem: `${visibleText(path)} ${read.problem}` };
  return { name: shownName(absolute, terminal.folder), path: absolute, ...read };
}

/** The file itself, or the policies below a folder. */
function listPolicies(absolute: string, path: string, problems: string[]): readonly string[] {
  try {
    if (!statSync(absolute).isDirectory()) return [path];
    const found = policiesBelow(absolute);
    if (found.length === 0) problems.push(`${visibleText(path)} holds no .lbpolicy file`);
    return found;
  } catch (error) {
    problems.push(`${visibleText(path)} ${fileProblem(error)}`);
    return [];
  }
}

/** Sorted by code units, so that the order depends neither on the file system nor on the locale. Symbolic links are not followed. */
export function policiesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) waiting.push(join(next, entry.name));
      else if (entry.isFile() && entry.name.endsWith(".lbpolicy")) found.push(join(next, entry.name));
    }
  }
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The working directory if the file lies below it, else the file's folder. */
export function defaultRoot(file: PolicyFile, terminal: Terminal): string {
  if (file.path === undefined) return terminal.folder;
  const real = realPathOf(file.path) ?? file.path;
  const folder = realPathOf(terminal.folder) ?? terminal.folder;
  return isInside(folder, real) ? folder : dirname(real);
}
