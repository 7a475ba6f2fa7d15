/** The names that a value may be, from this file and its imports. */
import type { Analysis } from "../model/analysis.ts";
import type { Declared, ScopeKind } from "../model/scopes.ts";
import type { ReferenceKind, ValueElement, ValueKind } from "../syntax/spec.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import { escapeMarkdown } from "./markdown.ts";

export interface NameInScope {
  readonly name: string;
  /** What it is: "strategy", "built-in metric". */
  readonly what: string;
  /** Markdown. */
  readonly documentation?: string;
}

/** In the order: references of the kind that is due, built-in names, params. */
export function namesFor(analysis: Pick<Analysis, "scopes" | "policy">, element: ValueElement): readonly NameInScope[] {
  switch (element.kind) {
    case "reference": return references(analysis, element.refersTo ?? "param");
    case "demand": return [...declared(analysis, "traffic"), ...declared(analysis, "param")];
    case "metric": return [...declared(analysis, "metric"), ...builtins, { name: "external", what: "a metric without a declaration" }, { name: "custom", what: "a metric without a declaration" }];
    case "metric-expression": return [...builtins, ...declared(analysis, "param")];
    default: return takesExpression.has(element.kind) ? declared(analysis, "param") : [];
  }
}

const takesExpression: ReadonlySet<ValueKind> = new Set<ValueKind>([
  "count", "number", "ratio", "duration", "rate", "size", "cpu", "price", "factor", "count-or-share", "quantity", "count-range", "cpu-range", "size-range", "curve",
  "text", "text-or-quantity",
]);

const builtins: readonly NameInScope[] = builtinMetrics.map((name) => ({ name, what: "built-in metric" }));

/** Algorithms that need no argument. */
const plainAlgorithms = ["round_robin", "least_connections", "random", "power_of_two", "ip_hash", "first", "least_response_time"] as const;

function references(analysis: Pick<Analysis, "scopes" | "policy">, kind: ReferenceKind): readonly NameInScope[] {
  if (kind === "server") {
    const names = new Set(analysis.policy.backends.flatMap((backend) => backend.servers.map((server) => server.name)));
    return [...names].map((name) => ({ name, what: "server" }));
  }
  const own = declared(analysis, kind);
  return kind === "strategy" ? [...own, ...plainAlgorithms.map((name) => ({ name, what: "algorithm" }))] : own;
}

function declared(analysis: Pick<Analysis, "scopes" | "policy">, kind: ScopeKind): readonly NameInScope[] {
  return [...analysis.scopes[kind].byName.values()].map((each) => ({ name: each.name, what: kind, ...documented(each) }));
}

function documented({ statement: { documentation } }: Declared): { readonly documentation?: string } {
  return documentation === undefined ? {} : { documentation: escapeMarkdown(documentation) };
}
