/** Names: what is declared where, looked up once, complained of once, and which of it is used. */
import * as names from "../diagnostics/names.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Location, Range } from "../text/range.ts";
import { algorithms, builtinMetrics } from "../text/vocabulary.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";

export interface Declared {
  readonly name: string;
  readonly statement: Statement;
  readonly context: Context;
  used: boolean;
}

/** Declarations of one kind by name, in file order. */
export interface Scope {
  readonly what: string;
  readonly byName: Map<string, Declared>;
}

const kinds = ["backend", "strategy", "metric", "threshold", "schedule", "service", "traffic", "scenario", "param", "environment"] as const;
export type ScopeKind = (typeof kinds)[number];
export type Scopes = Readonly<Record<ScopeKind, Scope>>;

export interface ScopedFile {
  readonly context: Context;
  readonly declarations: readonly Statement[];
  /** The import that brought the file: names that it declares a second time are told there. */
  readonly importedAt?: Location | undefined;
}

export function collectScopes(files: readonly ScopedFile[]): Scopes {
  const scopes = Object.fromEntries(kinds.map((kind) => [kind, { what: kind, byName: new Map() }])) as unknown as Scopes;
  const folded = new Map<string, Declared>();
  const inKubernetes = new Map<string, Declared>();
  for (const { context, declarations, importedAt } of files) {
    for (const statement of declarations) {
      const kind = kinds.find((candidate) => candidate === statement.spec.keyword);
      const name = nameOf(statement);
      if (kind === undefined || name === undefined) continue;
      const key = `${kind} ${name.name.toLowerCase()}`;
      const declared: Declared = { name: name.name, statement, context, used: false };
      const other = kind === "param" ? "traffic" : kind === "traffic" ? "param" : undefined;
      const first = folded.get(key) ?? (other === undefined ? undefined : folded.get(`${other} ${name.name.toLowerCase()}`));
      if (first === undefined) folded.set(key, declared);
      else {
        const at = importedAt !== undefined && first.context.file !== context.file ? importedAt : { file: context.file, range: name.range };
        complain({ ...context, file: at.file }, names.duplicateName, at.range, { what: first.statement.spec.keyword, name: name.name, first: first.name }, {
          related: [
            { location: { file: first.context.file, range: nameOf(first.statement)?.range ?? first.statement.range }, message: "The first one." },
            ...(at.range === name.range ? [] : [{ location: { file: context.file, range: name.range }, message: "The second one." }]),
          ],
        });
      }
      const derived = derivedKey(kind, name.name);
      const namesake = derived === undefined ? undefined : inKubernetes.get(derived);
      if (derived !== undefined && namesake === undefined) inKubernetes.set(derived, declared);
      else if (namesake !== undefined && first === undefined) {
        complain(context, names.conflict, name.range, { message: `${name.name} and ${namesake.name} have the same name in Kubernetes, ${name.name.toLowerCase().replaceAll("_", "-")}: choose another name` }, {
          related: [{ location: { file: namesake.context.file, range: nameOf(namesake.statement)?.range ?? namesake.statement.range }, message: "The first one." }],
        });
      }
      reserved(context, kind, name);
      if (!scopes[kind].byName.has(name.name)) scopes[kind].byName.set(name.name, declared);
    }
  }
  return scopes;
}

/** Objects of Kubernetes are named after these: in lower case, with `-` for `_`. */
function derivedKey(kind: ScopeKind, name: string): string | undefined {
  return kind === "backend" || kind === "service" || kind === "schedule" ? `${kind} ${name.toLowerCase().replaceAll("_", "-")}` : undefined;
}

function reserved(context: Context, kind: ScopeKind, name: { readonly name: string; readonly range: Range }): void {
  if (kind === "strategy" && algorithms.some((algorithm) => algorithm === name.name)) {
    complain(context, names.reservedName, name.range, { name: name.name, reason: "is the name of an algorithm" });
  }
  if (kind === "metric" && (builtinMetrics.some((metric) => metric === name.name) || name.name === "external" || name.name === "custom")) {
    complain(context, names.reservedName, name.range, { name: name.name, reason: "is the name of a built-in metric" });
  }
}

/** The declaration of that name, marked as used; an unknown one is complained of with the nearest. */
export function lookup(context: Context, scope: Scope, use: { readonly name: string; readonly range: Range }, alsoKnown: readonly string[] = []): Declared | undefined {
  const declared = scope.byName.get(use.name);
  if (declared !== undefined) {
    declared.used = true;
    return declared;
  }
  const near = nearest(use.name, [...scope.byName.keys(), ...alsoKnown]);
  return complain(context, names.unknownName, use.range, { what: scope.what, name: use.name, nearest: near }, near === undefined ? {} : {
    fixes: [{ title: `Write ${near}`, file: context.file, edits: [{ range: use.range, text: near }] }],
  });
}
