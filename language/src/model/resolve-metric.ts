import * as names from "../diagnostics/names.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Expression, Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import type { Context } from "./context.ts";
import { compact, complain } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { has, isExpression, rangeOfField, textOf } from "./fields.ts";
import type { Metric, MetricExpression } from "./scaling.ts";
import { childOf } from "./statements.ts";

export function resolveMetric(context: Context, statement: Statement, name: string): Metric {
  const nameRange = rangeOfField(statement.fields, "name") ?? statement.keyword;
  const prometheus = childOf(statement, "prometheus");
  const url = prometheus === undefined ? undefined : textOf(context, prometheus.fields, "prometheus");
  const auth = prometheus === undefined ? undefined : textOf(context, prometheus.fields, "auth");
  const per = childOf(statement, "per");
  const as = fieldOf(childOf(statement, "as")?.fields ?? [], "as")?.value;
  if (per === undefined) complain(context, names.missing, nameRange, { subject: `The metric ${name}`, what: "`per member` or `per pool`" });
  return compact<Metric>({
    name,
    prometheus: url === undefined ? undefined : { url, ...(auth === undefined ? {} : { auth }) },
    query: textOf(context, childOf(statement, "query")?.fields ?? [], "query"),
    per: per !== undefined && has(per.fields, "pool") ? "pool" : "member",
    undivided: per !== undefined && has(per.fields, "value"),
    as: isExpression(as) ? metricExpression(context, as) : undefined,
    origin: { file: context.file, range: statement.range, nameRange },
  });
}

/** Arithmetic of built-in metrics and quantities; a param stands for its value. */
function metricExpression(context: Context, expression: Expression): MetricExpression | undefined {
  switch (expression.type) {
    case "parenthesized": return metricExpression(context, expression.inner);
    case "name": {
      const builtin = builtinMetrics.find((candidate) => candidate === expression.name);
      if (builtin !== undefined) return { kind: "metric", name: builtin };
      const param = context.params.find(expression.name);
      if (param === undefined) return complain(context, names.unknownName, expression.range, { what: "built-in metric", name: expression.name, nearest: nearest(expression.name, builtinMetrics) });
      const quantity = evaluate(context, expression);
      return quantity === undefined ? undefined : { kind: "value", value: quantity.value };
    }
    case "literal": return expression.value === undefined ? undefined : { kind: "value", value: expression.value };
    case "binary": {
      const left = metricExpression(context, expression.left);
      const right = metricExpression(context, expression.right);
      return left === undefined || right === undefined ? undefined : { kind: "binary", operator: expression.operator, left, right };
    }
    case "call": {
      const known = (["min", "max", "ceil", "floor", "round"] as const).find((candidate) => candidate === expression.function);
      if (known === undefined) return complain(context, names.unknownFunction, expression.functionRange, { name: expression.function, nearest: undefined });
      const parts = expression.arguments.map((argument) => metricExpression(context, argument));
      const whole = parts.filter((part) => part !== undefined);
      return whole.length < parts.length ? undefined : { kind: "call", function: known, arguments: whole };
    }
  }
}
