import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import type { Statement, Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { measures } from "../text/vocabulary.ts";
import { readTime } from "./calendar.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing, isHidden } from "./context.ts";
import type { Dimension } from "./dimension.ts";
import { evaluate } from "./evaluate.ts";
import type { Fields } from "./fields.ts";
import { adviceOf, checkShare, choiceOf, countOrShareOf, expressionOf, isExpression, numberOf, percentFix, rangeOfField, unitFixes, wordOf } from "./fields.ts";
import type { Backend } from "./policy.ts";
import { dimensionWords, durationText, isPlain, quantityText } from "./quantity.ts";
import { dateValue, daysOf, timezoneOf } from "./resolve-schedule.ts";
import type { Comparison } from "./scaling.ts";
import type { Scopes } from "./scopes.ts";
import { lookup } from "./scopes.ts";
import { childOf, childrenOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import { shapedText } from "./text-shapes.ts";
import type { Burst, DailyPoint, Expectation, Fault, FaultSubject, Measure, Moment, Scenario, Traffic, TrafficShape } from "./traffic.ts";

export function resolveTraffic(context: Context, statement: Statement, name: string): Traffic {
  const nameRange = rangeOfField(statement.fields, "name") ?? statement.keyword;
  const growth = childOf(statement, "growth")?.fields ?? [];
  const noise = childOf(statement, "noise")?.fields ?? [];
  const growthFraction = numberOf(context, growth, "growth");
  const growthSeconds = numberOf(context, growth, "per");
  const noiseFraction = numberOf(context, noise, "noise");
  return compact<Traffic>({
    name,
    timezone: timezoneOf(context, childOf(statement, "timezone")),
    shape: shapeOf(context, statement, name),
    weekly: childrenOf(statement, "weekly").flatMap((line) => {
      const factor = numberOf(context, line.fields, "factor");
      return factor === undefined ? [] : [{ days: daysOf(line.fields, "days"), factor }];
    }),
    growth: growthFraction === undefined || growthSeconds === undefined ? undefined : { fraction: growthFraction, perSeconds: growthSeconds },
    bursts: childrenOf(statement, "burst").flatMap((line) => burstOf(context, line) ?? []),
    noise: noiseFraction === undefined ? undefined : { fraction: noiseFraction, seed: numberOf(context, noise, "seed") ?? 1 },
    clients: numberOf(context, childOf(statement, "clients")?.fields ?? [], "clients") ?? 1000,
    origin: { file: context.file, range: statement.range, nameRange },
  });
}

const shapeWords = ["base", "daily", "ramp", "trace"] as const;

function shapeOf(context: Context, statement: Statement, name: string): TrafficShape {
  const none: TrafficShape = { kind: "base", ratePerSecond: 0 };
  const given = shapeWords.flatMap((keyword) => childOf(statement, keyword) ?? []);
  const line = given[0];
  if (line === undefined) {
    complainOfMissing(context, statement, rangeOfField(statement.fields, "name") ?? statement.keyword, { subject: `The traffic ${name}`, what: "one of `base`, `daily`, `ramp`, `trace`" });
    return none;
  }
  for (const other of given.slice(1)) complain(context, names.conflict, other.keyword, { message: `A traffic has one shape, and this has \`${line.spec.keyword}\` already: remove one` });
  const { fields } = line;
  switch (line.spec.keyword) {
    case "daily": return dailyOf(context, fields) ?? none;
    case "ramp": {
      const [fromPerSecond, toPerSecond, overSeconds] = [numberOf(context, fields, "from"), numberOf(context, fields, "to"), numberOf(context, fields, "over")];
      return fromPerSecond === undefined || toPerSecond === undefined || overSeconds === undefined ? none : { kind: "ramp", fromPerSecond, toPerSecond, overSeconds };
    }
    case "trace": {
      const column = (label: string): string | undefined => {
        const value = fieldOf(fields, label)?.value;
        return value?.type === "string" ? value.value : value?.type === "name" ? value.name : undefined;
      };
      const path = shapedText(context, fields, "trace", "The file of a trace", shapes.notEmpty);
      return path === undefined ? none : compact<Extract<TrafficShape, { kind: "trace" }>>({
        kind: "trace", path, timeColumn: column("time"), rateColumn: column("rate"), unit: choiceOf(fields, "unit", ["rps", "rpm", "requests"] as const) ?? "rps",
        origin: { file: context.file, range: line.range },
      });
    }
    default: return { kind: "base", ratePerSecond: numberOf(context, fields, "base") ?? 0 };
  }
}

function dailyOf(context: Context, fields: Fields): TrafficShape | undefined {
  const list = fieldOf(fields, "daily")?.value;
  if (list?.type !== "list") return undefined;
  const points: DailyPoint[] = [];
  for (const item of list.items) {
    if (item.type !== "group") continue;
    const text = wordOf(item.fields, "time");
    const ratePerSecond = numberOf(context, item.fields, "rate");
    if (text === undefined) continue;
    const time = readTime(text, "start");
    if ("reason" in time) {
      complain(context, values.badTime, rangeOfField(item.fields, "time") ?? item.range, { text, reason: time.reason });
      continue;
    }
    const previous = points.at(-1);
    if (previous !== undefined && time.value <= previous.secondOfDay) {
      complain(context, values.badTime, rangeOfField(item.fields, "time") ?? item.range, { text, reason: "is not later than the time before it: write the times in rising order" });
      continue;
    }
    if (ratePerSecond !== undefined) points.push({ secondOfDay: time.value, ratePerSecond });
  }
  return points.length === 0 ? undefined : { kind: "daily", points };
}

function burstOf(context: Context, line: Statement): Burst | undefined {
  const factor = numberOf(context, line.fields, "burst");
  const at = momentOf(context, line.fields);
  const seconds = numberOf(context, line.fields, "for");
  const atRange = rangeOfField(line.fields, "at");
  if (at?.kind === "offset" && atRange !== undefined) {
    return complain(context, values.badTime, atRange, { text: `+${durationText(at.seconds)}`, reason: "counts from the start of a run, and a traffic has none: write a time of day or a date" });
  }
  return factor === undefined || at === undefined || seconds === undefined ? undefined : { factor, at, seconds, origin: { file: context.file, range: line.range } };
}

function momentOf(context: Context, fields: Fields): Moment | undefined {
  const field = fieldOf(fields, "at");
  const value: Value | undefined = field?.value;
  if (value?.type === "offset" && field?.element !== undefined) {
    const seconds = expressionOf(context, value.after, { ...field.element, kind: "duration", min: 0, max: 366 * 86_400 }, field);
    return seconds === undefined ? undefined : { kind: "offset", seconds };
  }
  if (value?.type !== "atom") return undefined;
  if (value.kind === "time") {
    const time = readTime(value.text, "start");
    return "reason" in time ? complain(context, values.badTime, value.range, { text: value.text, reason: time.reason }) : { kind: "time", secondOfDay: time.value };
  }
  const date = dateValue(context, value, "from");
  return date === undefined ? undefined : { kind: "date", date };
}

/** What a scenario's names may be. */
export interface ScenarioScope {
  readonly scopes: Scopes;
  readonly backendOf: (name: string) => Backend | undefined;
  readonly trafficOf: (name: string) => Traffic | undefined;
}

export function resolveScenario(context: Context, scope: ScenarioScope, statement: Statement, name: string): Scenario | undefined {
  const nameRange = rangeOfField(statement.fields, "name") ?? statement.keyword;
  const backendLine = childOf(statement, "backend");
  if (backendLine === undefined) return complainOfMissing(context, statement, nameRange, { subject: `The scenario ${name}`, what: "a `backend`" });
  const use = fieldOf(backendLine.fields, "backend")?.value;
  const declared = use?.type === "name" ? lookup(context, scope.scopes.backend, use) : undefined;
  const backend = declared === undefined ? undefined : scope.backendOf(declared.name);
  const trafficLine = childOf(statement, "traffic");
  const trafficUse = trafficLine === undefined ? undefined : fieldOf(trafficLine.fields, "traffic")?.value;
  const traffic = trafficUse?.type === "name" ? lookup(context, scope.scopes.traffic, trafficUse) : undefined;
  const resolvedTraffic = traffic === undefined ? undefined : scope.trafficOf(traffic.name);
  const number = (keyword: string): number | undefined => numberOf(context, childOf(statement, keyword)?.fields ?? [], keyword);
  const faults = (statement.block?.statements ?? []).flatMap((line) => (line.spec.keyword === "fail" || line.spec.keyword === "slow" ? (faultOf(context, line, backend) ?? []) : []));
  const start = dateValue(context, fieldOf(childOf(statement, "start")?.fields ?? [], "start")?.value, "from");
  const expectations = childrenOf(statement, "expect").flatMap((line) => expectationOf(context, line) ?? []);
  const durationSeconds = number("duration") ?? 86_400;
  const replicas = number("replicas");
  if (backend === undefined) return undefined;
  if (trafficLine === undefined && backend.demand === undefined && childOf(declared?.statement ?? statement, "demand") === undefined) {
    if (!isHidden(statement)) complain(context, values.scenarioWithoutLoad, nameRange, { name, backend: backend.name });
  }
  return compact<Scenario>({
    name, backend, durationSeconds, replicas, faults, expectations,
    traffic: resolvedTraffic === undefined ? undefined : { traffic: resolvedTraffic, factor: numberOf(context, trafficLine?.fields ?? [], "factor") ?? 1 },
    start: start ?? { year: 2026, month: 1, day: 5, secondOfDay: 0 },
    origin: { file: context.file, range: statement.range, nameRange },
  });
}

function faultOf(context: Context, line: Statement, backend: Backend | undefined): Fault | undefined {
  const subject = subjectOf(context, line, backend);
  const at = momentOf(context, line.fields);
  const seconds = numberOf(context, line.fields, "for");
  if (subject === undefined || at === undefined || seconds === undefined) return undefined;
  return { kind: line.spec.keyword === "slow" ? "slow" : "fail", subject, factor: numberOf(context, line.fields, "factor") ?? 1, at, seconds, origin: { file: context.file, range: line.range } };
}

function subjectOf(context: Context, line: Statement, backend: Backend | undefined): FaultSubject | undefined {
  const server = fieldOf(line.fields, "server")?.value;
  if (server?.type === "name") {
    if (backend !== undefined && !backend.servers.some((candidate) => candidate.name === server.name)) {
      const near = nearest(server.name, backend.servers.map((candidate) => candidate.name));
      complain(context, names.unknownName, server.range, { what: `server of ${backend.name}`, name: server.name, nearest: near }, near === undefined ? {} : {
        fixes: [{ title: `Write ${near}`, file: context.file, edits: [{ range: server.range, text: near }] }],
      });
    }
    return { kind: "server", name: server.name };
  }
  const amount = countOrShareOf(context, line.fields, "count");
  if (amount === undefined) return undefined;
  return "count" in amount ? { kind: "replicas", count: amount.count } : { kind: "share", fraction: amount.fraction };
}

const measureDimensions: Readonly<Record<Measure, Dimension>> = {
  p50: "duration", p90: "duration", p95: "duration", p99: "duration", p999: "duration", ttft_p50: "duration", ttft_p95: "duration", ttft_p99: "duration", response_time: "duration",
  load_factor: "ratio", replicas: "number", queue: "number", availability: "ratio", dropped: "number", scaling_actions: "number", flaps: "number", cost: "money",
};

/** Figures that a run has once. */
const ofTheRun: ReadonlySet<Measure> = new Set<Measure>(["availability", "dropped", "scaling_actions", "flaps", "cost"]);

function expectationOf(context: Context, line: Statement): Expectation | undefined {
  const measure = choiceOf(line.fields, "measure", measures);
  const operator = choiceOf(line.fields, "operator", ["<", "<=", ">", ">="] as const satisfies readonly Comparison[]);
  const value = fieldOf(line.fields, "value")?.value;
  if (measure === undefined || operator === undefined || !isExpression(value)) return undefined;
  const quantity = evaluate(context, value);
  if (quantity === undefined) return undefined;
  const due = measureDimensions[measure];
  const asShare = measure === "dropped" && quantity.dimension === "ratio";
  const fits = quantity.dimension === due || asShare || (due === "ratio" && quantity.dimension === "number") || (due === "number" && quantity.dimension !== "ratio" && isPlain(quantity.dimension));
  if (!fits) {
    const words = dimensionWords[quantity.dimension];
    const fixes = unitFixes(context, value, quantity.dimension, due);
    return complain(context, names.wrongDimension, value.range, {
      due: `${dimensionWords[due]} (for ${measure})`, given: words.charAt(0).toUpperCase() + words.slice(1), advice: adviceOf(fixes),
    }, { fixes });
  }
  if ((measure === "availability" || asShare) && quantity.value > 1) {
    const fix = percentFix(context, value, { max: 1 });
    return complain(context, values.outOfRange, value.range, { what: `\`${measure}\``, value: quantityText({ dimension: "ratio", value: quantity.value }), min: "0%", max: "100%" }, fix === undefined ? {} : { fixes: [fix] });
  }
  if (due === "ratio") checkShare(context, value, quantity);
  const ofTime = numberOf(context, line.fields, "for");
  const forWord = fieldOf(line.fields, "for")?.word;
  if (ofTime !== undefined && forWord !== undefined && ofTheRun.has(measure)) {
    complain(context, values.expectationOfRun, { start: forWord.start, end: line.range.end }, { measure, text: `for ${quantityText({ dimension: "ratio", value: ofTime })} of time` });
  }
  return compact<Expectation>({ measure, operator, value: quantity.value, asShare, ofTime, origin: { file: context.file, range: line.range } });
}
