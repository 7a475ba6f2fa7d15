import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { networkProblem } from "./address.ts";
import type { Context } from "./context.ts";
import { compact, complain, originOf, withoutRepeated } from "./context.ts";
import { expressionOf, has, isExpression, numberOf, rangeOfField, textOf, wordOf } from "./fields.ts";
import type { Affinity, Algorithm, GeoRule, HashKey, Retry, RetryCondition, Strategy } from "./policy.ts";
import { childOf, childrenOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import { networkFix, shapedText } from "./text-shapes.ts";

export const defaultRetry: Retry = { count: 1, on: ["error"], unsafe: false };

/** Algorithms that a backend may name directly, with what they are said in words for. */
const plainAlgorithms: ReadonlyMap<string, Exclude<Algorithm["kind"], "hash" | "least_predicted_load" | "geo">> = new Map([
  ["round_robin", "round_robin"], ["weighted_round_robin", "round_robin"],
  ["least_connections", "least_connections"], ["weighted_least_connections", "least_connections"],
  ["random", "random"], ["power_of_two", "power_of_two"], ["ip_hash", "ip_hash"], ["first", "first"], ["least_response_time", "least_response_time"],
]);

/** What nginx, HAProxy and others call them. */
export const foreignAlgorithms: ReadonlyMap<string, string> = new Map([
  ["roundrobin", "round_robin"], ["rr", "round_robin"], ["wrr", "weighted_round_robin"], ["static-rr", "round_robin"], ["leastconn", "least_connections"], ["least_conn", "least_connections"], ["lc", "least_connections"],
  ["wlc", "weighted_least_connections"], ["least_request", "least_connections"], ["least_time", "least_response_time"], ["iphash", "ip_hash"], ["source", "ip_hash"], ["p2c", "power_of_two"],
]);

/** Algorithms that a backend cannot name directly, with how a strategy says them. */
export const argumentExamples: ReadonlyMap<string, string> = new Map([
  ["hash", "algorithm hash uri"], ["least_predicted_load", "algorithm least_predicted_load window 5m ahead 1m"], ["geo", 'algorithm geo { "10.0.0.0/8" to a  default to b }'],
]);

/** How a fix calls the strategy that it declares; not for `geo`, whose networks nobody else knows. */
export const argumentStrategies: ReadonlyMap<string, string> = new Map([["hash", "by_uri"], ["least_predicted_load", "predicted"]]);

/** The strategy that a backend's `balance ALGORITHM` means; undefined where the word is no algorithm. */
export function implicitStrategy(word: string): Strategy | undefined {
  const kind = plainAlgorithms.get(word);
  return kind === undefined ? undefined : { algorithm: { kind }, retry: defaultRetry };
}

export const defaultStrategy: Strategy = { algorithm: { kind: "round_robin" }, retry: defaultRetry };

export function resolveStrategy(context: Context, statement: Statement, name: string): Strategy {
  const affinity = childOf(statement, "affinity");
  const slowStart = childOf(statement, "slow_start");
  return compact<Strategy>({
    name,
    algorithm: readAlgorithm(context, childOf(statement, "algorithm")),
    affinity: affinity === undefined ? undefined : readAffinity(context, affinity),
    retry: readRetry(context, childOf(statement, "retry")),
    slowStartSeconds: slowStart === undefined ? undefined : numberOf(context, slowStart.fields, "slow_start"),
    origin: originOf(context, statement),
  });
}

function readAlgorithm(context: Context, statement: Statement | undefined): Algorithm {
  if (statement === undefined) return { kind: "round_robin" };
  const { fields } = statement;
  const word = wordOf(fields, "algorithm");
  if (word !== undefined) return { kind: plainAlgorithms.get(word) ?? "round_robin" };
  if (has(fields, "hash")) {
    const kind = wordOf(fields, "key");
    const keyName = kind === undefined ? undefined : shapedText(context, fields, "key_name", `The name of a ${kind === "query" ? "query parameter" : kind}`, kind === "cookie" ? shapes.cookieName : kind === "query" ? shapes.queryName : shapes.headerName);
    const key: HashKey = kind === "header" || kind === "cookie" || kind === "query" ? { kind, name: keyName ?? "" } : { kind: kind === "path" ? "path" : "uri" };
    return { kind: "hash", key, consistent: has(fields, "consistent") };
  }
  if (has(fields, "least_predicted_load")) {
    if (!statement.broken) for (const label of ["window", "ahead"]) if (!has(fields, label)) complain(context, names.missing, statement.keyword, { subject: "least_predicted_load", what: `\`${label}\` and a duration` });
    return { kind: "least_predicted_load", windowSeconds: numberOf(context, fields, "window") ?? 300, aheadSeconds: numberOf(context, fields, "ahead") ?? 60 };
  }
  if (has(fields, "geo")) return readGeo(context, statement);
  return { kind: "round_robin" };
}

function readGeo(context: Context, statement: Statement): Algorithm {
  const serversOf = (line: Statement): readonly string[] => {
    const list = fieldOf(line.fields, "to")?.value;
    return list?.type === "list" ? list.items.flatMap((item) => (item.type === "group" ? (wordOf(item.fields, "name") ?? []) : [])) : [];
  };
  const seen = new Set<string>();
  const networks = childrenOf(statement, "network").flatMap((line): readonly GeoRule[] => {
    const network = textOf(context, line.fields, "network");
    const range = rangeOfField(line.fields, "network") ?? line.range;
    const reason = network === undefined ? undefined : networkProblem(network);
    if (network === undefined) return [];
    if (reason !== undefined) complain(context, values.badText, range, { what: "A network", text: network, reason }, networkFix(context, fieldOf(line.fields, "network")?.value, network));
    else if (seen.has(network)) complain(context, names.conflict, range, { message: `The network ${network} is there already: keep one` });
    seen.add(network);
    return [{ network, servers: serversOf(line), origin: { file: context.file, range: line.range } }];
  });
  const fallback = childOf(statement, "default");
  if (fallback === undefined && !statement.broken) complain(context, names.missing, statement.keyword, { subject: "geo", what: "a `default to` line" });
  return { kind: "geo", networks, fallback: fallback === undefined ? [] : serversOf(fallback) };
}

function readAffinity(context: Context, statement: Statement): Affinity | undefined {
  const origin = originOf(context, statement);
  if (has(statement.fields, "ip")) return { kind: "ip", origin: { file: origin.file, range: origin.range } };
  const name = shapedText(context, statement.fields, "name", "The name of a cookie", shapes.cookieName);
  const ttlSeconds = numberOf(context, statement.fields, "ttl");
  return name === undefined || ttlSeconds === undefined ? undefined : { kind: "cookie", name, ttlSeconds, origin: { file: origin.file, range: origin.range } };
}

function readRetry(context: Context, statement: Statement | undefined): Retry {
  if (statement === undefined) return defaultRetry;
  const list = fieldOf(statement.fields, "on")?.value;
  const on = list?.type !== "list" ? undefined : list.items.flatMap((item): readonly RetryCondition[] => {
    if (item.type === "atom") return item.kind === "5xx" ? (item.text === "5xx" ? ["5xx"] : refuseClass(context, item)) : [item.text as "error" | "timeout"];
    if (!isExpression(item)) return [];
    const status = expressionOf(context, item, { type: "value", kind: "count", label: "status", min: 400, max: 599 });
    return status === undefined ? [] : [status];
  });
  const given = list?.type === "list" ? list.items : [];
  on?.forEach((condition, index) => {
    const item = given[index];
    if (on.length === given.length && item !== undefined && on.indexOf(condition) < index) complain(context, names.conflict, item.range, { message: `${condition} is named twice: keep one` }, withoutRepeated(context, given, item));
  });
  return {
    count: numberOf(context, statement.fields, "retry") ?? defaultRetry.count,
    on: on === undefined || on.length === 0 ? defaultRetry.on : on,
    unsafe: has(statement.fields, "unsafe"),
    origin: { file: context.file, range: statement.range },
  };
}

function refuseClass(context: Context, item: { readonly text: string; readonly range: { readonly start: number; readonly end: number } }): readonly RetryCondition[] {
  complain(context, values.badStatus, item.range, { text: item.text, reason: "cannot be retried as a class: write 5xx, or single codes such as 503" });
  return [];
}
