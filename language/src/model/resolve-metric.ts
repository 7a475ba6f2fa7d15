import * as names from "../diagnostics/names.ts";
import { nearest } from "../syntax/nearest.ts";
import type { CallExpression, Expression, Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { builtinMetrics } from "../text/vocabulary.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing } from "./context.ts";
import type { Dimension } from "./dimension.ts";
import { calculated, commonDimension, evaluate, functionOf, noOperation } from "./evaluate.ts";
import { has, isExpression, rangeOfField } from "./fields.ts";
import { resultDimension } from "./quantity.ts";
import { metricDimensions } from "./resolve-threshold.ts";
import type { Metric, MetricExpression } from "./scaling.ts";
import { childOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import { shapedText } from "./text-shapes.ts";

export function resolveMetric(context: Context, statement: Statement, name: string): Metric {
  const nameRange = rangeOfField(statement.fields, "name") ?? statement.keyword;
  const prometheus = childOf(statement, "prometheus");
  const url = prometheus === undefined ? undefined : shapedText(context, prometheus.fields, "prometheus", "The address of Prometheus", shapes.webAddress);
  const auth = prometheus === undefined ? undefined : shapedText(context, prometheus.fields, "auth", "The name of an authentication", shapes.dnsSubdomain);
  const per = childOf(statement, "per");
  const as = fieldOf(childOf(statement, "as")?.fields ?? [], "as")?.value;
  if (per === undefined) complainOfMissing(context, statement, nameRange, { subject: `The metric ${name}`, what: "`per member` or `per pool`" });
  const times: Range[] = [];
  const typed = isExpression(as) ? metricExpression(context, as, times) : undefined;
  if (per !== undefined && has(per.fields, "pool") && !has(per.fields, "value") && times[0] !== undefined) {
    complain(context, names.conflict, times[0], { message: "A time of a pool is not divided by its members: write `per pool value`" }, {
      fixes: [{ title: "Write per pool value", file: context.file, edits: [{ range: { start: per.range.end, end: per.range.end }, text: " value" }] }],
    });
  }
  return compact<Metric>({
    name,
    prometheus: url === undefined ? undefined : { url, ...(auth === undefined ? {} : { auth }) },
    query: shapedText(context, childOf(statement, "query")?.fields ?? [], "query", "A query", shapes.notEmpty),
    per: per !== undefined && has(per.fields, "pool") ? "pool" : "member",
    undivided: per !== undefined && has(per.fields, "value"),
    as: typed?.expression,
    dimension: typed?.dimension,
    origin: { file: context.file, range: statement.range, nameRange },
  });
}

interface Typed {
  readonly expression: MetricExpression;
  readonly dimension: Dimension;
}

/** Arithmetic of built-in metrics and quantities; a param stands for its value. */
function metricExpression(context: Context, expression: Expression, times: Range[]): Typed | undefined {
  switch (expression.type) {
    case "parenthesized": return metricExpression(context, expression.inner, times);
    case "name": {
      const builtin = builtinMetrics.find((candidate) => candidate === expression.name);
      if (builtin !== undefined) {
        if (metricDimensions[builtin] === "duration") times.push(expression.range);
        return { expression: { kind: "metric", name: builtin }, dimension: metricDimensions[builtin] };
      }
      const param = context.params.find(expression.name);
      if (param === undefined) {
        const near = nearest(expression.name, [...builtinMetrics, ...context.params.names()]);
        return complain(context, names.unknownName, expression.range, { what: "built-in metric", name: expression.name, nearest: near }, near === undefined ? {} : {
          fixes: [{ title: `Write ${near}`, file: context.file, edits: [{ range: expression.range, text: near }] }],
        });
      }
      const quantity = evaluate(context, expression);
      return quantity === undefined ? undefined : { expression: { kind: "value", value: quantity.value }, dimension: quantity.dimension };
    }
    case "literal": return expression.value === undefined ? undefined : { expression: { kind: "value", value: expression.value }, dimension: expression.kind };
    case "binary": {
      const left = metricExpression(context, expression.left, times);
      const right = metricExpression(context, expression.right, times);
      if (left === undefined || right === undefined) return undefined;
      const dimension = resultDimension(expression.operator, left.dimension, right.dimension);
      if (dimension === undefined) return noOperation(context, expression, left.dimension, right.dimension);
      if (right.expression.kind === "value") {
        const known = left.expression.kind === "value" ? left.expression.value : 0;
        const result = calculated(context, expression, dimension, { dimension: left.dimension, value: known }, { dimension: right.dimension, value: right.expression.value });
        if (result === undefined) return undefined;
        if (left.expression.kind === "value") return { expression: { kind: "value", value: result.value }, dimension };
      }
      return { expression: { kind: "binary", operator: expression.operator, left: left.expression, right: right.expression }, dimension };
    }
    case "call": return callExpression(context, expression, times);
  }
}

function callExpression(context: Context, expression: CallExpression, times: Range[]): Typed | undefined {
  const signature = functionOf(context, expression);
  const parts = expression.arguments.map((argument) => metricExpression(context, argument, times));
  const whole = parts.filter((part) => part !== undefined);
  if (signature === undefined || whole.length < parts.length) return undefined;
  const dimension = commonDimension(context, expression, whole.map((part) => part.dimension));
  return dimension === undefined ? undefined : { expression: { kind: "call", function: signature, arguments: whole.map((part) => part.expression) }, dimension };
}
