/** The editor's settings of `lbpolicy`, as far as they are understood. They override lbpolicy.json. */
import { kindOf, levels, targetNames } from "../../language/src/index.ts";
import type { AnalyzeOptions, Severity } from "../../language/src/index.ts";
import { field } from "./parameters.ts";

export type EditorSettings = Pick<AnalyzeOptions, "editorParameters" | "preferredEnvironment" | "severities" | "targets">;

/** What the editor itself checks by the manifest's schema; what is not of that form is passed over. */
export function editorSettings(value: unknown): EditorSettings {
  const environment = field(value, "environment");
  const targets = field(value, "targets");
  const known = Array.isArray(targets) ? targetNames.filter((name) => targets.includes(name)) : [];
  return {
    editorParameters: Object.fromEntries(entriesOf(field(value, "params")).flatMap(([name, text]) => (typeof text === "string" || typeof text === "number" ? [[name, String(text)]] : []))),
    severities: Object.fromEntries(entriesOf(field(value, "severities")).flatMap(([code, word]): [string, Severity | "off"][] => {
      const level = levels.find((candidate) => candidate === word);
      return level === undefined || kindOf(code) === undefined ? [] : [[code, level]];
    })),
    ...(typeof environment === "string" && environment !== "" ? { preferredEnvironment: environment } : {}),
    ...(known.length === 0 ? {} : { targets: known }),
  };
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
