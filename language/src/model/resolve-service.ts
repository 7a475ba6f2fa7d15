import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { hostProblem, networkProblem, readAddress } from "./address.ts";
import type { Context } from "./context.ts";
import { compact, complain, originOf } from "./context.ts";
import type { Fields } from "./fields.ts";
import { choiceOf, expressionOf, has, isExpression, numberOf, rangeOfField, textOf, textsOf, wordOf } from "./fields.ts";
import type { Backend } from "./policy.ts";
import { quantityText } from "./quantity.ts";
import type { Scopes } from "./scopes.ts";
import { lookup } from "./scopes.ts";
import type { Destination, HeaderRule, Limit, LimitKey, Listener, ListenerTls, Route, Service } from "./service.ts";
import { childOf, childrenOf } from "./statements.ts";

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
  if (listenLines.length === 0) complain(context, names.missing, nameRange, { subject: `The service ${name}`, what: "a `listen`, such as `listen 80`" });
  if (toLine === undefined && routeLines.length === 0) complain(context, names.missing, nameRange, { subject: `The service ${name}`, what: "a `to` or a `route`" });
  if (toLine !== undefined && routeLines[0] !== undefined) {
    complain(context, names.conflict, toLine.keyword, { message: '`to` takes everything, and there are routes: write `route "/" to …` instead' });
  }
  return compact<Service>({
    name,
    documentation: statement.documentation,
    listeners: listenLines.flatMap((line) => listenerOf(context, line) ?? []),
    hosts: childrenOf(statement, "host").flatMap((line) => hostsOf(context, line)),
    redirect: redirect === undefined ? undefined : { except: textsOf(context, redirect.fields, "except").map((part) => part.text), origin: { file: context.file, range: redirect.range } },
    to: toLine === undefined ? [] : destinationsOf(context, scope, toLine),
    routes: routeLines.flatMap((line) => routeOf(context, scope, line) ?? []),
    limits: childrenOf(statement, "limit").flatMap((line) => limitOf(context, line) ?? []),
    compress: childOf(statement, "compress") !== undefined,
    headers: childrenOf(statement, "header").flatMap((line) => headerOf(context, line) ?? []),
    bodyLimitBytes: has(bodyLimit, "off") ? undefined : numberOf(context, bodyLimit, "size"),
    trustProxies: childrenOf(statement, "trust_proxy").flatMap((line) => networksOf(context, line)),
    metricsPort: numberOf(context, childOf(statement, "metrics")?.fields ?? [], "metrics"),
    origin,
  });
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
  const secret = textOf(context, fields, "secret");
  if (secret !== undefined) return { kind: "secret", name: secret };
  const [certificate, key] = [textOf(context, fields, "certificate"), textOf(context, fields, "key")];
  return certificate === undefined || key === undefined ? undefined : { kind: "files", certificate, key };
}

function hostsOf(context: Context, line: Statement): readonly string[] {
  return textsOf(context, line.fields, "host").flatMap(({ text, range }) => {
    const name = text.startsWith("*.") ? text.slice(2) : text;
    const reason = hostProblem(name);
    if (reason !== undefined) complain(context, values.badText, range, { what: "A host", text, reason });
    return reason === undefined ? [text.toLowerCase()] : [];
  });
}

function networksOf(context: Context, line: Statement): readonly string[] {
  return textsOf(context, line.fields, "trust_proxy").flatMap(({ text, range }) => {
    const reason = networkProblem(text);
    if (reason !== undefined) complain(context, values.badText, range, { what: "A network", text, reason });
    return reason === undefined ? [text] : [];
  });
}

function destinationsOf(context: Context, scope: ServiceScope, line: Statement): readonly Destination[] {
  const list = fieldOf(line.fields, "to")?.value;
  if (list?.type !== "list") return [];
  const found: Destination[] = [];
  for (const item of list.items) {
    const use = item.type === "group" ? fieldOf(item.fields, "backend")?.value : undefined;
    if (item.type !== "group" || use?.type !== "name") continue;
    const declared = lookup(context, scope.scopes.backend, use);
    const backend = declared === undefined ? undefined : scope.backendOf(declared.name);
    const share = numberOf(context, item.fields, "share");
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

function routeOf(context: Context, scope: ServiceScope, line: Statement): Route | undefined {
  const { fields } = line;
  const path = textOf(context, fields, "path");
  const range = rangeOfField(fields, "path") ?? line.range;
  if (path === undefined) return undefined;
  const match = has(fields, "regex") ? "regex" : has(fields, "exact") ? "exact" : "prefix";
  if (has(fields, "regex") && has(fields, "exact")) complain(context, names.conflict, line.keyword, { message: "A route is `exact` or `regex`: remove one" });
  if (match !== "regex" && !path.startsWith("/")) complain(context, values.badText, range, { what: "The path of a route", text: path, reason: "it begins with /" });
  if (match === "regex" && !isRegex(path)) complain(context, values.badText, range, { what: "The expression of a route", text: path, reason: "it is no regular expression" });
  const headerName = textOf(context, fields, "header");
  const headerValue = textOf(context, fields, "header_value");
  return compact<Route>({
    path, match,
    method: wordOf(fields, "method"),
    header: headerName === undefined || headerValue === undefined ? undefined : { name: headerName, value: headerValue },
    to: destinationsOf(context, scope, line),
    cacheSeconds: numberOf(context, fields, "cache"),
    origin: { file: context.file, range: line.range, nameRange: range },
  });
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function limitOf(context: Context, line: Statement): Limit | undefined {
  const { fields } = line;
  const by = keyOf(context, fields);
  if (by === undefined) return line.broken ? undefined : complain(context, names.missing, line.keyword, { subject: "A limit", what: "`by client_ip`, `by header \"…\"` or `by everyone`" });
  const common = { by, status: numberOf(context, fields, "status") ?? 429, origin: { file: context.file, range: line.range } };
  if (has(fields, "connections")) {
    const count = numberOf(context, fields, "count");
    return count === undefined ? undefined : { kind: "connections", count, ...common };
  }
  const ratePerSecond = numberOf(context, fields, "rate");
  return ratePerSecond === undefined ? undefined : { kind: "rate", ratePerSecond, burst: numberOf(context, fields, "burst") ?? 0, nodelay: has(fields, "nodelay"), ...common };
}

function keyOf(context: Context, fields: Fields): LimitKey | undefined {
  if (has(fields, "client_ip")) return { kind: "client_ip" };
  if (has(fields, "everyone")) return { kind: "everyone" };
  const name = textOf(context, fields, "header");
  return name === undefined ? undefined : { kind: "header", name };
}

function headerOf(context: Context, line: Statement): HeaderRule | undefined {
  const { fields } = line;
  const name = textOf(context, fields, "name");
  const action = has(fields, "remove") ? "remove" : choiceOf(fields, "action", ["set", "add"] as const);
  if (name === undefined || action === undefined) return undefined;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    complain(context, values.badText, rangeOfField(fields, "name") ?? line.range, { what: "The name of a header", text: name, reason: "it holds only letters, digits and !#$%&'*+-.^_`|~" });
    return undefined;
  }
  return compact<HeaderRule>({
    on: choiceOf(fields, "on", ["request", "response"] as const) ?? "response", action, name,
    value: action === "remove" ? undefined : textOf(context, fields, "value"),
    origin: { file: context.file, range: line.range },
  });
}
