/** lbpolicy.json: what holds for all policies below its folder. */
import type { Diagnostic, Severity } from "../diagnostics/diagnostic.ts";
import { report } from "../diagnostics/diagnostic.ts";
import type { Severities } from "../diagnostics/present.ts";
import { withSeverities } from "../diagnostics/present.ts";
import { registry } from "../diagnostics/registry.ts";
import * as problems from "../diagnostics/settings.ts";
import type { Source } from "../model/imports.ts";
import type { DefaultParameter } from "../model/params.ts";
import { targetNames } from "../model/target.ts";
import type { TargetName } from "../model/target.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Range } from "../text/range.ts";
import type { JsonMember, JsonValue } from "./json.ts";
import { parseJson } from "./json.ts";

/** The file's name; it lies in the root. */
export const settingsFileName = "lbpolicy.json";

export interface Settings {
  readonly source: Source;
  /** By code. */
  readonly severities: Severities;
  /** For policies that declare no target. */
  readonly targets: readonly TargetName[] | undefined;
  readonly parameters: readonly DefaultParameter[];
  /** Mistakes of the file itself. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of an lbpolicy.json. Never throws: what is wrong is in `diagnostics`, and the rest counts. */
export function readSettings(source: Source): Settings {
  const found: Diagnostic[] = [];
  const at = (range: Range): { readonly file: string; readonly range: Range } => ({ file: source.file, range });
  const json = parseJson(source.text);
  if ("expected" in json) {
    return { source, severities: {}, targets: undefined, parameters: [], diagnostics: [report(problems.settingsSyntax, at(json.range), json)] };
  }
  const wrongType = (value: JsonValue, subject: string, due: string): undefined => {
    found.push(report(problems.wrongSettingType, at(value.range), { subject, due }));
    return undefined;
  };

  /** A member and the comma before it; there is one, for another member comes first. */
  const withItsComma = (key: Range, value: Range): Range => ({ start: source.text.lastIndexOf(",", key.start), end: value.end });

  /** The members of an object, the first of each key. */
  const membersOf = (value: JsonValue, subject: string): readonly JsonMember[] => {
    if (value.type !== "object") return wrongType(value, subject, "an object") ?? [];
    const seen = new Set<string>();
    return value.members.filter(({ key, keyRange, value: other }) => {
      const isFirst = !seen.has(key);
      if (!isFirst) found.push(report(problems.repeatedSetting, at(keyRange), { name: key }, { fixes: [{ title: "Remove the second one", file: source.file, edits: [{ range: withItsComma(keyRange, other.range), text: "" }] }] }));
      seen.add(key);
      return isFirst;
    });
  };

  const wordOf = <W extends string>(value: JsonValue, subject: string, known: readonly W[]): W | undefined => {
    if (value.type !== "string") return wrongType(value, subject, `one of ${known.map((word) => `"${word}"`).join(", ")}`);
    const word = known.find((each) => each === value.value);
    if (word === undefined) found.push(report(problems.wrongSettingWord, at(value.range), { subject, word: value.value, known, nearest: synonymOf(value.value, known) ?? nearest(value.value, known) }));
    return word;
  };

  const severitiesOf = (value: JsonValue): Severities => {
    const severities: Record<string, Severity | "off"> = {};
    for (const { key, keyRange, value: level } of membersOf(value, "`severities`")) {
      const severity = wordOf(level, `The severity of ${key}`, levels);
      if (!codes.includes(key)) found.push(report(problems.unknownSettingCode, at(keyRange), { code: key, nearest: nearest(key, codes) }));
      else if (severity !== undefined) severities[key] = severity;
    }
    return severities;
  };

  const targetsOf = (value: JsonValue): readonly TargetName[] | undefined => {
    if (value.type === "string" && targetNames.some((name) => name === value.value)) {
      const text = `["${value.value}"]`;
      found.push(report(problems.wrongSettingType, at(value.range), { subject: "`targets`", due: "a list of targets" }, { fixes: [{ title: `Write ${text}`, file: source.file, edits: [{ range: value.range, text }] }] }));
      return undefined;
    }
    if (value.type !== "array" || value.items.length === 0) return wrongType(value, "`targets`", "a list of targets that is not empty");
    const targets = value.items.flatMap((item) => wordOf(item, "A target", targetNames) ?? []);
    return targets.length === 0 ? undefined : [...new Set(targets)];
  };

  const parametersOf = (value: JsonValue): readonly DefaultParameter[] =>
    membersOf(value, "`params`").flatMap(({ key, keyRange, value: given }): readonly DefaultParameter[] => {
      const text = given.type === "string" ? given.value : given.type === "number" ? given.text : undefined;
      if (text === undefined) return wrongType(given, `The param ${key}`, 'a string such as "200rps", or a number') ?? [];
      return [{ name: key, text, at: at(given.range), nameAt: at(keyRange) }];
    });

  let severities: Severities = {};
  let targets: readonly TargetName[] | undefined;
  let parameters: readonly DefaultParameter[] = [];
  for (const { key, keyRange, value } of membersOf(json, "lbpolicy.json")) {
    switch (key) {
      case "$schema":
        if (value.type !== "string") wrongType(value, "`$schema`", "a string");
        break;
      case "severities": severities = severitiesOf(value); break;
      case "targets": targets = targetsOf(value); break;
      case "params": parameters = parametersOf(value); break;
      default: found.push(report(problems.unknownSetting, at(keyRange), { name: key, known: keys, nearest: nearest(key, keys) }));
    }
  }
  return { source, severities, targets, parameters, diagnostics: found };
}

/**
 * The params of `settings` that none of `declared` is: all that the policies below its folder declare. The file speaks for many policies, so one
 * of them alone does not tell what is unknown.
 */
export function unknownParams({ parameters, severities }: Settings, declared: ReadonlySet<string>, override: Severities = {}): readonly Diagnostic[] {
  const found = parameters.filter(({ name }) => !declared.has(name)).map(({ name, nameAt }) => report(problems.unknownSettingParam, nameAt, { name, nearest: nearest(name, declared) }));
  return withSeverities(found, { ...severities, ...override });
}

/** The names that a text declares as params. Read from its words alone: also what stands in a comment counts, for the price of a warning less. */
export function paramNamesIn(text: string): readonly string[] {
  return [...text.matchAll(/\bparam\s+([A-Za-z][\w-]*)\s*=/gu)].map((match) => match[1] ?? "");
}

/** For a file that is there and cannot be read; `problem` follows its name, such as `is a folder`. */
export function unreadableSettings(file: string, problem: string): Settings {
  return {
    source: { file, text: "" }, severities: {}, targets: undefined, parameters: [],
    diagnostics: [report(problems.unreadableSettings, { file, range: { start: 0, end: 0 } }, { problem })],
  };
}

/** How other tools call a severity or a target. */
const synonyms: Readonly<Record<string, string>> = {
  warn: "warning", info: "information", note: "information", err: "error", fatal: "error", none: "off", ignore: "off", disabled: "off", k8s: "kubernetes", kube: "kubernetes",
};

function synonymOf(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const meant = Object.hasOwn(synonyms, lower) ? synonyms[lower] : undefined;
  return known.find((each) => each === meant);
}

const keys = ["severities", "targets", "params"] as const;
export const levels = ["error", "warning", "information", "hint", "off"] as const satisfies readonly (Severity | "off")[];
const codes = registry.map((kind) => kind.code);
