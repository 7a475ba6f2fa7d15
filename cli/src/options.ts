/** The arguments of a command, parsed strictly; and the options that every command takes. */
import { parseArgs } from "node:util";
import { realPathOf } from "../../server/src/import-file.ts";
import { targetNames } from "../../language/src/index.ts";
import type { TargetName } from "../../language/src/index.ts";
import { resolve } from "node:path";
import { WrongUsage } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { visibleText } from "./plain-text.ts";

export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly short?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** What every command understands, resolved. */
export interface CommonOptions {
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
  /** Absolute and existing; undefined: by the place of each file. */
  readonly root: string | undefined;
  readonly color: "auto" | "always" | "never";
}

const commonSpecs: OptionSpecs = {
  set: { type: "string", multiple: true },
  env: { type: "string" },
  root: { type: "string" },
  color: { type: "string" },
  help: { type: "boolean", short: "h" },
};

/** Throws `WrongUsage` for an unknown option, a missing value or an option given twice that is meant once. */
export function parseArguments(args: readonly string[], own: OptionSpecs): Arguments {
  const options = { ...own, ...commonSpecs };
  try {
    const { values, positionals, tokens } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      const once = options[token.name]?.multiple !== true && options[token.name]?.type === "string";
      if (once && seen.has(token.name)) throw new WrongUsage(`--${token.name} is given twice`);
      seen.add(token.name);
    }
    return { values, positionals };
  } catch (error) {
    if (error instanceof WrongUsage) throw error;
    // Of Node's explanation the first sentence names the option; the rest is about the API.
    const words = error instanceof Error ? error.message : String(error);
    throw new WrongUsage(visibleText(words.split(/\.\s/u)[0] ?? words));
  }
}

/** Throws `WrongUsage` for a malformed `--set`, an unknown `--color` or a root that is not there. */
export function commonOptions(args: Arguments, terminal: Terminal): CommonOptions {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const assignment of listOption(args, "set")) {
    const equals = assignment.indexOf("=");
    if (equals <= 0) throw new WrongUsage(`--set takes name=value, not "${visibleText(assignment)}"`);
    parameters[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
  const rootGiven = textOption(args, "root");
  const root = rootGiven === undefined ? undefined : realPathOf(resolve(terminal.folder, rootGiven));
  if (rootGiven !== undefined && root === undefined) throw new WrongUsage(`--root: ${visibleText(rootGiven)} does not exist`);
  return { parameters, environment: textOption(args, "env"), root, color: choiceOption(args, "color", ["auto", "always", "never"]) ?? "auto" };
}

export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === "string" ? value : undefined;
}

export function listOption(args: Arguments, name: string): readonly string[] {
  const value = args.values[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function hasFlag(args: Arguments, name: string): boolean {
  return args.values[name] === true;
}

/** Throws `WrongUsage` where the value is none of the choices. */
export function choiceOption<C extends string>(args: Arguments, name: string, choices: readonly C[]): C | undefined {
  const value = textOption(args, name);
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new WrongUsage(`--${name} takes ${choices.join(", ")}, not "${visibleText(value)}"`);
  return choice;
}

/** `text` by default. A format that is planned is refused as such. */
export function formatOption<F extends string>(args: Arguments, formats: readonly F[], later: readonly string[]): F | "text" {
  const value = textOption(args, "format");
  if (value !== undefined && later.includes(value)) throw new WrongUsage(`--format ${value} comes later; what works now: ${formats.join(", ")}`);
  return choiceOption(args, "format", formats) ?? "text";
}

/** A whole number, 0 or more. */
export function countOption(args: Arguments, name: string): number | undefined {
  const value = textOption(args, name);
  if (value === undefined) return undefined;
  const count = /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
  if (count === undefined) throw new WrongUsage(`--${name} takes a whole number, not "${visibleText(value)}"`);
  return count;
}

/** `nginx,haproxy` → both. */
export function targetsOption(args: Arguments, name: string): readonly TargetName[] | undefined {
  const value = textOption(args, name);
  return value?.split(",").map((word) => {
    const target = targetNames.find((candidate) => candidate === word.trim());
    if (target === undefined) throw new WrongUsage(`--${name} takes ${targetNames.join(", ")}, not "${visibleText(word)}"`);
    return target;
  });
}
