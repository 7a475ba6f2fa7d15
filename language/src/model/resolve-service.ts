import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement, Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { networkProblem, readAddress } from "./address.ts";
import { checkService } from "./check-service.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing, originOf, removed, withoutRepeated, written } from "./context.ts";
import type { Fields } from "./fields.ts";
import { choiceOf, expressionOf, has, isExpression, methodOf, numberOf, rangeOfField, textOf, textsOf } from "./fields.ts";
import type { Backend } from "./policy.ts";
import { quantityText } from "./quantity.ts";
import { notInCommon } from "./route-expression.ts";
import type { Scopes } from "./scopes.ts";
import { lookup } from "./scopes.ts";
import type { Destination, HeaderRule, Limit, LimitKey, Listener, ListenerTls, Route, Service } from "./service.ts";
import { childOf, childrenOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import { networkFix, repaired, shapedText } from "./text-shapes.ts";

export interface ServiceScope {
  readonly scopes: Scopes;
  readonly backendOf: (name: string) => Backend | undefined;
}

export function resolveService(context: Context, scope: ServiceScope, statement: Statement, name: string): Service {
  const origin = originOf(context, statement);
  const nameRange = origin.nameRange ?? statement.keyword;
  const listenLines = childrenOf(statement, "listen");
  const toLine = childOf(statement, "to");
  const routeLines = childrenOf(statement, "route");
  const redirect = childOf(statement, "redirect");
  const bodyLimit = childOf(statement, "body_limit")?.fields ?? [];
  if (listenLines.length === 0) complainOfMissing(context, statement, nameRange, { subject: `The service ${name}`, what: "a `listen`, such as `listen 80`" });
  if (toLine === undefined && routeLines.length === 0) complainOfMissing(context, statement, nameRange, { subject: `The service ${name}`, what: "a `to` or a `route`" });
  if (toLine !== undefined && routeLines[0] !== undefined) {
    const before = { start: toLine.keyword.start, end: toLine.keyword.start };
    complain(context, names.conflict, toLine.keyword, { message: '`to` takes everything, and there are routes: write `route "/" to …` instead' }, {
      fixes: [{ title: 'Write route "/" to', file: context.file, edits: [{ range: before, text: 'route "/" ' }] }],
    });
  }
  const hosts = hostsOf(context, childrenOf(statement, "host"));
  const metrics = childOf(statement, "metrics")?.fields ?? [];
  const service = compact<Service>({
    name,
    documentation: statement.documentation,
    listeners: listenLines.flatMap((line) => listenerOf(context, line) ?? []),
    hosts: hosts.map((host) => host.name),
    hostRanges: hosts.map((host) => host.range),
    redirect: redirect === undefined ? undefined : { except: exceptedPaths(context, redirect), origin: { file: context.file, range: redirect.range } },
    to: toLine === undefined ? [] : destinationsOf(context, scope, toLine),
    routes: routesOf(context, scope, routeLines),
    limits: childrenOf(statement, "limit").flatMap((line) => limitOf(context, line) ?? []),
    compress: childOf(statement, "compress") !== undefined,
    headers: childrenOf(statement, "header").flatMap((line) => headerOf(context, line) ?? []),
    bodyLimitBytes: has(bodyLimit, "off") ? undefined : numberOf(context, bodyLimit, "size"),
    trustProxies: childrenOf(statement, "trust_proxy").flatMap((line) => networksOf(context, line)),
    metricsPort: numberOf(context, metrics, "metrics"),
    metricsRange: rangeOfField(metrics, "metrics"),
    origin,
  });
  checkService(context, service, statement);
  return service;
}

function listenerOf(context: Context, line: Statement): Listener | undefined {
  const field = fieldOf(line.fields, "listen");
  const value = field?.value;
  if (field?.element === undefined || value === undefined) return undefined;
  const tls = tlsOf(context, line.fields);
  const rest = { tls, http2: has(line.fields, "http2"), origin: { file: context.file, range: line.range, nameRange: value.range } };
  if (value.type === "atom") {
    const reading = readAddress(value.text);
    if ("reason" in reading) return complain(context, values.badAddress, value.range, { address: value.text, reason: reading.reason });
    if (reading.address.kind === "unix") return complain(context, values.badAddress, value.range, { address: value.text, reason: "a service listens on a port, such as 80 or 127.0.0.1:80" });
    if (reading.address.kind === "host") return complain(context, values.badAddress, value.range, { address: value.text, reason: "a service listens on an IP address, a name could mean any" });
    return compact<Listener>({ address: reading.address.host, port: reading.address.port, ...rest });
  }
  const port = isExpression(value) ? expressionOf(context, value, field.element, field) : undefined;
  return port === undefined ? undefined : compact<Listener>({ address: undefined, port, ...rest });
}

function tlsOf(context: Context, fields: Fields): ListenerTls | undefined {
  if (has(fields, "secret")) {
    const secret = shapedText(context, fields, "secret", "The name of a secret", shapes.dnsSubdomain);
    return secret === undefined ? undefined : { kind: "secret", name: secret };
  }
  const file = (label: string): string | undefined => shapedText(context, fields, label, `The file of a ${label}`, shapes.notEmpty);
  const [certificate, key] = [file("certificate"), file("key")];
  return certificate === undefined || key === undefined ? undefined : { kind: "files", certificate, key };
}

function hostsOf(context: Context, lines: readonly Statement[]): readonly { readonly name: string; readonly range: Range }[] {
  const seen = new Set<string>();
  return lines.flatMap((line) => textsOf(context, line.fields, "host").map((host, _, all) => ({ ...host, alone: all.length === 1 ? line.range : host.range }))).flatMap(({ text, range, value, alone }) => {
    const reason = shapes.serviceHost(text);
    const name = text.toLowerCase();
    if (reason !== undefined) complain(context, values.badText, range, { what: "A host", text, reason }, repaired(context, value, text, shapes.serviceHost));
    else if (seen.has(name)) complain(context, names.conflict, range, { message: `The host ${name} is there already: keep one` }, removed(context, alone));
    else {
      seen.add(name);
      return [{ name, range }];
    }
    return [];
  });
}

function exceptedPaths(context: Context, redirect: Statement): readonly string[] {
  return textsOf(context, redirect.fields, "except").map(({ text, range, value }) => {
    const reason = shapes.requestPath(text);
    if (reason !== undefined) complain(context, values.badText, range, { what: "A path", text, reason }, repaired(context, value, text, shapes.requestPath));
    return text;
  });
}

function networksOf(context: Context, line: Statement): readonly string[] {
  return textsOf(context, line.fields, "trust_proxy").flatMap(({ text, range, value }) => {
    const reason = networkProblem(text);
    if (reason !== undefined) complain(context, values.badText, range, { what: "A network", text, reason }, networkFix(context, value, text));
    return reason === undefined ? [text] : [];
  });
}

function destinationsOf(context: Context, scope: ServiceScope, line: Statement): readonly Destination[] {
  const list = fieldOf(line.fields, "to")?.value;
  if (list?.type !== "list") return [];
  const found: Destination[] = [];
  const seen = new Set<string>();
  for (const item of list.items) {
    const use = item.type === "group" ? fieldOf(item.fields, "backend")?.value : undefined;
    if (item.type !== "group" || use?.type !== "name") continue;
    const declared = lookup(context, scope.scopes.backend, use);
    const backend = declared === undefined ? undefined : scope.backendOf(declared.name);
    const share = numberOf(context, item.fields, "share");
    if (share !== undefined && share > 0 && share < 0.0001) {
      complain(context, values.outOfRange, rangeOfField(item.fields, "share") ?? item.range, { what: "A share", value: quantityText({ dimension: "ratio", value: share }), min: "0.01%", max: "100%, or 0%" });
    }
    if (seen.has(use.name)) complain(context, names.conflict, use.range, { message: `${use.name} is named twice: keep one` }, has(item.fields, "share") ? {} : withoutRepeated(context, list.items, item));
    seen.add(use.name);
    if (backend !== undefined) found.push(compact<Destination>({ backend, share, origin: { file: context.file, range: item.range, nameRange: use.range } }));
  }
  const shared = list.items.filter((item) => item.type === "group" && has(item.fields, "share"));
  if (shared.length > 0 && shared.length < list.items.length) {
    complain(context, names.conflict, list.range, { message: "Either all destinations of a split carry a share, or none: write the missing ones" });
  } else if (shared.length > 0 && found.length === list.items.length && found.every((destination) => destination.share !== undefined)) {
    const sum = found.reduce((total, destination) => total + (destination.share ?? 0), 0);
    if (Math.abs(sum - 1) > 1e-9) complain(context, values.badShares, list.range, { sum: quantityText({ dimension: "ratio", value: sum }) });
  }
  return found;
}

function routesOf(context: Context, scope: ServiceScope, lines: readonly Statement[]): readonly Route[] {
  const seen = new Map<string, Route>();
  return lines.flatMap((line) => {
    const route = routeOf(context, scope, line);
    if (route === undefined) return [];
    const { path, match, method, header, origin } = route;
    const key = [match, path, method ?? "", header?.name.toLowerCase() ?? "", header?.value ?? ""].join("\n");
    const first = seen.get(key);
    if (first === undefined) seen.set(key, route);
    else {
      complain(context, names.conflict, origin.nameRange ?? origin.range, { message: `There is a route for ${path} already, with the same conditions: keep one` }, {
        related: [{ location: { file: context.file, range: first.origin.nameRange ?? first.origin.range }, message: "The first one." }],
      });
    }
    return [route];
  });
}

function routeOf(context: Context, scope: ServiceScope, line: Statement): Route | undefined {
  const { fields } = line;
  const path = textOf(context, fields, "path");
  const range = rangeOfField(fields, "path") ?? line.range;
  if (path === undefined) return undefined;
  const match = has(fields, "regex") ? "regex" : has(fields, "exact") ? "exact" : "prefix";
  if (has(fields, "regex") && has(fields, "exact")) complain(context, names.conflict, line.keyword, { message: "A route is `exact` or `regex`: remove one" });
  if (match !== "regex" && !path.startsWith("/")) complain(context, values.badText, range, { what: "The path of a route", text: path, reason: "it begins with /" }, repaired(context, fieldOf(fields, "path")?.value, path, shapes.requestPath));
  if (match !== "regex") checkMatchable(context, path, range, fieldOf(fields, "path")?.value);
  const flaw = match === "regex" ? regexProblem(path) : undefined;
  if (flaw !== undefined) complain(context, values.badText, range, { what: "The expression of a route", text: path, reason: flaw });
  const headerName = shapedText(context, fields, "header", "The name of a header", shapes.headerName);
  const headerValue = textOf(context, fields, "header_value");
  return compact<Route>({
    path, match,
    method: methodOf(context, fields),
    header: headerName === undefined || headerValue === undefined ? undefined : { name: headerName, value: headerValue },
    to: destinationsOf(context, scope, line),
    cacheSeconds: numberOf(context, fields, "cache"),
    origin: { file: context.file, range: line.range, nameRange: range },
  });
}

/** Balancers compare the decoded path, which ends before the query. */
function checkMatchable(context: Context, path: string, range: Range, value: Value | undefined): void {
  const cut = path.search(/[?#]/u);
  const decoded = cut < 0 ? decodedPath(path) : path.slice(0, cut);
  if (decoded === undefined || decoded === path || !decoded.startsWith("/") || /[?#]/u.test(decoded)) return;
  const reason = cut < 0 ? "paths are compared as they read decoded" : `a path ends before \`${path.charAt(cut)}\``;
  const canStand = value?.type === "string" && !/["\\\p{C}]/u.test(decoded);
  complain(context, values.unmatchedPath, range, { path, reason, instead: decoded }, canStand ? written(context, range, `"${decoded}"`) : {});
}

/** Undefined where the text holds no letter in the form of `%41`, or none that means one. */
function decodedPath(path: string): string | undefined {
  if (!/%[0-9A-Fa-f]{2}/u.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Why a text is no regular expression that PCRE and JavaScript read alike. */
function regexProblem(text: string): string | undefined {
  if (text === "") return "there is nothing in it";
  const uncommon = notInCommon(text);
  if (uncommon !== undefined) return `nginx, HAProxy and the simulation do not read ${uncommon} alike, write it without`;
  try {
    return new RegExp(text, "u") instanceof RegExp ? undefined : "";
  } catch {
    return "it is no regular expression that nginx, HAProxy and the simulation read alike";
  }
}

function limitOf(context: Context, line: Statement): Limit | undefined {
  const { fields } = line;
  const by = keyOf(context, fields);
  if (by === undefined) return line.broken || has(fields, "header") ? undefined : complain(context, names.missing, line.keyword, { subject: "A limit", what: "`by client_ip`, `by header \"…\"` or `by everyone`" });
  const common = { by, status: refusalStatus(context, fields), origin: { file: context.file, range: line.range } };
  if (has(fields, "connections")) {
    const count = numberOf(context, fields, "count");
    return count === undefined ? undefined : { kind: "connections", count, ...common };
  }
  const ratePerSecond = numberOf(context, fields, "rate");
  return ratePerSecond === undefined ? undefined : { kind: "rate", ratePerSecond, burst: numberOf(context, fields, "burst") ?? 0, nodelay: has(fields, "nodelay"), ...common };
}

/** Statuses with which both balancers can refuse. */
const refusalStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504]);

function refusalStatus(context: Context, fields: Fields): number {
  const status = numberOf(context, fields, "status") ?? 429;
  if (!refusalStatuses.has(status)) complain(context, values.badStatus, rangeOfField(fields, "status") ?? { start: 0, end: 0 }, { text: String(status), reason: "is no status with which HAProxy refuses: write 429 or 503" });
  return status;
}

function keyOf(context: Context, fields: Fields): LimitKey | undefined {
  if (has(fields, "client_ip")) return { kind: "client_ip" };
  if (has(fields, "everyone")) return { kind: "everyone" };
  const name = shapedText(context, fields, "header", "The name of a header", shapes.headerName);
  return name === undefined ? undefined : { kind: "header", name };
}

function headerOf(context: Context, line: Statement): HeaderRule | undefined {
  const { fields } = line;
  const name = shapedText(context, fields, "name", "The name of a header", shapes.headerName);
  const action = has(fields, "remove") ? "remove" : choiceOf(fields, "action", ["set", "add"] as const);
  if (name === undefined || action === undefined) return undefined;
  return compact<HeaderRule>({
    on: choiceOf(fields, "on", ["request", "response"] as const) ?? "response", action, name,
    value: action === "remove" ? undefined : textOf(context, fields, "value"),
    origin: { file: context.file, range: line.range },
  });
}
