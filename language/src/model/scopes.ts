/** Names: what is declared where, looked up once, complained of once, and which of it is used. */
import * as names from "../diagnostics/names.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Location, Range } from "../text/range.ts";
import { algorithms, builtinMetrics } from "../text/vocabulary.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Context } from "./context.ts";
import { complain, isSameFile } from "./context.ts";

export interface Declared {
  readonly name: string;
  readonly statement: Statement;
  readonly context: Context;
  used: boolean;
}

/** Declarations of one kind by name, in file order. */
export interface Scope {
  readonly what: string;
  readonly byName: Pick<ReadonlyMap<string, Declared>, "get" | "has" | "keys" | "values" | "size">;
}

export const scopeKinds = ["backend", "strategy", "metric", "threshold", "schedule", "service", "traffic", "scenario", "param", "environment"] as const;
export type ScopeKind = (typeof scopeKinds)[number];
export type Scopes = Readonly<Record<ScopeKind, Scope>>;

export interface ScopedFile {
  readonly context: Context;
  readonly declarations: readonly Statement[];
  /** The import that brought the file: names that it declares a second time are told there. */
  readonly importedAt?: Location | undefined;
}

/** What the statement declares; undefined for what has no name, such as a target. */
export function declaredIn(statement: Statement): { readonly kind: ScopeKind; readonly name: string; readonly range: Range } | undefined {
  const { keyword } = statement.spec;
  const kind = scopeKinds.find((candidate) => candidate === keyword);
  const name = kind === undefined ? undefined : nameOf(statement);
  return kind === undefined || name === undefined ? undefined : { kind, name: name.name, range: name.range };
}

/** Complaints about the names go to `found`, else to that of each file. */
export function collectScopes(files: readonly ScopedFile[], found?: Diagnostic[]): Scopes {
  const tables = Object.fromEntries(scopeKinds.map((kind) => [kind, new Map<string, Declared>()])) as Record<ScopeKind, Map<string, Declared>>;
  const folded = new Map<string, Declared>();
  const inKubernetes = new Map<string, Declared>();
  for (const { context, declarations, importedAt } of files) {
    const teller = found === undefined ? context : { ...context, found };
    for (const statement of declarations) {
      const name = declaredIn(statement);
      if (name === undefined) continue;
      const { kind } = name;
      const key = `${kind} ${name.name.toLowerCase()}`;
      const declared: Declared = { name: name.name, statement, context, used: false };
      const other = kind === "param" ? "traffic" : kind === "traffic" ? "param" : undefined;
      const first = folded.get(key) ?? (other === undefined ? undefined : folded.get(`${other} ${name.name.toLowerCase()}`));
      if (first === undefined) folded.set(key, declared);
      else {
        const at = importedAt !== undefined && !isSameFile(first.context, context) ? importedAt : { file: context.file, range: name.range };
        complain({ ...teller, file: at.file }, names.duplicateName, at.range, { what: first.statement.spec.keyword, name: name.name, first: first.name }, {
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
        complain(teller, names.conflict, name.range, { message: `${name.name} and ${namesake.name} have the same name in Kubernetes, ${name.name.toLowerCase().replaceAll("_", "-")}: choose another name` }, {
          related: [{ location: { file: namesake.context.file, range: nameOf(namesake.statement)?.range ?? namesake.statement.range }, message: "The first one." }],
        });
      }
      reserved(teller, kind, name);
      if (!tables[kind].has(name.name)) tables[kind].set(name.name, declared);
    }
  }
  return scopesOf(tables);
}

export function scopesOf(tables: Readonly<Record<ScopeKind, Scope["byName"]>>): Scopes {
  return Object.fromEntries(scopeKinds.map((kind) => [kind, { what: kind, byName: tables[kind] }])) as unknown as Scopes;
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
    context.onUse?.(scope.what, declared.name);
    return declared;
  }
  const near = nearest(use.name, [...scope.byName.keys(), ...alsoKnown]);
  return complain(context, names.unknownName, use.range, { what: scope.what, name: use.name, nearest: near }, near === undefined ? {} : {
    fixes: [{ title: `Write ${near}`, file: context.file, edits: [{ range: use.range, text: near }] }],
  });
}
