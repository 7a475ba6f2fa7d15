/** Every kind of diagnostic, in the order of its codes. A test compares it with the declarations in the sources, and each has a page in docs/diagnostics. */
import type { Definition, Severity } from "./diagnostic.ts";
import * as ignoreComments from "./ignore-comments.ts";
import * as names from "./names.ts";
import { moreProblems } from "./more-problems.ts";
import * as settings from "./settings.ts";
import * as simulation from "./simulation.ts";
import * as syntax from "./syntax.ts";
import * as balancers from "./targets-balancers.ts";
import * as kubernetes from "./targets-kubernetes.ts";
import * as values from "./values.ts";

/** What a kind of diagnostic is, without what an occurrence of it says. */
export interface Kind {
  readonly code: string;
  /** Short, with `-` between its words. */
  readonly name: string;
  /** Without lbpolicy.json and options. */
  readonly severity: Severity;
}

const modules: readonly Readonly<Record<string, Definition<never>>>[] = [syntax, { moreProblems }, ignoreComments, settings, names, values, simulation, balancers, kubernetes];

export const registry: readonly Kind[] = modules
  .flatMap((definitions) => Object.values(definitions))
  .map(({ code, name, severity }) => ({ code, name, severity }))
  .sort((a, b) => (a.code < b.code ? -1 : 1));

const byCode: ReadonlyMap<string, Kind> = new Map(registry.map((kind) => [kind.code, kind]));

export function kindOf(code: string): Kind | undefined {
  return byCode.get(code);
}

/** What a code's first digit says. */
export const families: Readonly<Record<string, string>> = {
  LBP1: "syntax", LBP2: "names and types", LBP3: "values", LBP4: "behaviour", LBP5: "target limits",
};

export function familyOf(code: string): string {
  return families[code.slice(0, 4)] ?? "";
}

/**
 * True where the policy has no meaning while it stands: an error of syntax, names or values. It cannot be silenced by a comment, and whatever
 * severity is asked for, nothing is compiled or simulated.
 */
export function isFundamental(code: string): boolean {
  return /^LBP[123]/.test(code) && kindOf(code)?.severity === "error";
}

/** What concerns a target only, and not the policy itself. */
export function isTargetLimit(code: string): boolean {
  return code.startsWith("LBP5");
}
