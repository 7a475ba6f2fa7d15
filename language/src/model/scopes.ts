/** Names: what is declared where, looked up once, complained of once, and which of it is used. */
import * as names from "../diagnostics/names.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
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

export function collectScopes(files: readonly { readonly context: Context; readonly declarations: readonly Statement[] }[]): Scopes {
  const scopes = Object.fromEntries(kinds.map((kind) => [kind, { what: kind, byName: new Map() }])) as unknown as Scopes;
  const folded = new Map<string, Declared>();
  for (const { context, declarations } of files) {
    for (const statement of declarations) {
      const kind = kinds.find((candidate) => candidate === statement.spec.keyword);
      const name = nameOf(statement);
      if (kind === undefined || name === undefined) continue;
      const key = `${kind} ${name.name.toLowerCase()}`;
      const declared: Declared = { name: name.name, statement, context, used: false };
      const first = folded.get(key) ?? (kind === "param" ? folded.get(`traffic ${name.name.toLowerCase()}`) : kind === "traffic" ? folded.get(`param ${name.name.toLowerCase()}`) : undefined);
      if (first !== undefined) {
        complain(context, names.duplicateName, name.range, { what: first.statement.spec.keyword, name: name.name, first: first.name }, {
          related: [{ location: { file: first.context.file, range: nameOf(first.statement)?.range ?? first.statement.range }, message: "The first one." }],
        });
      } else folded.set(key, declared);
      reserved(context, kind, name);
      if (!scopes[kind].byName.has(name.name)) scopes[kind].byName.set(name.name, declared);
    }
  }
  return scopes;
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
