import * as names from "../diagnostics/names.ts";
import * as values from "../diagnostics/values.ts";
import type { Statement, Value } from "../syntax/tree.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import { algorithms } from "../text/vocabulary.ts";
import { readAddress } from "./address.ts";
import { fittingStrategy } from "./check-strategy.ts";
import type { Context } from "./context.ts";
import { compact, complain, complainOfMissing, originOf, removed } from "./context.ts";
import { choiceOf, expressionOf, has, isExpression, methodOf, numberOf, rangeOfField, textOf, wordOf } from "./fields.ts";
import { readMember } from "./members.ts";
import type { ActiveHealth, Address, Backend, Demand, MemberTls, PassiveHealth, Protocol, Replica, Server, Strategy, Timeouts } from "./policy.ts";
import { resolveScale } from "./resolve-scale.ts";
import type { ScaleScope } from "./resolve-scale.ts";
import { argumentExamples, argumentStrategies, defaultStrategy, foreignAlgorithms, implicitStrategy } from "./resolve-strategy.ts";
import { resolveWorkload } from "./resolve-workload.ts";
import { lookup } from "./scopes.ts";
import { childOf, childrenOf } from "./statements.ts";
import * as shapes from "./text-shapes.ts";
import { shapedText } from "./text-shapes.ts";
import type { Traffic } from "./traffic.ts";

export interface BackendScope extends ScaleScope {
  readonly strategyOf: (name: string) => Strategy | undefined;
  readonly trafficOf: (name: string) => Traffic | undefined;
}

const defaultTimeouts = { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 };
const defaultPassive: PassiveHealth = { fall: 3, seconds: 10 };
const protocols = ["http", "https", "h2c", "grpc", "grpcs", "tcp", "udp"] as const satisfies readonly Protocol[];

export function resolveBackend(context: Context, scope: BackendScope, statement: Statement, name: string): Backend {
  const origin = originOf(context, statement);
  const nameRange = origin.nameRange ?? statement.keyword;
  const serverLines = childrenOf(statement, "server");
  const servers = serverLines.flatMap((line, index) => serverOf(context, line, index) ?? []);
  duplicateServers(context, serverLines);
  const replicaLine = childOf(statement, "replica");
  const workloadLine = childOf(statement, "workload");
  const scaleLine = childOf(statement, "scale");
  const elasticLine = replicaLine ?? workloadLine;
  if (elasticLine === undefined && serverLines.length === 0) {
    complainOfMissing(context, statement, nameRange, { subject: `The backend ${name}`, what: "a `server`, or a `replica` or `workload`" });
  }
  if (elasticLine !== undefined && serverLines[0] !== undefined) {
    complain(context, names.conflict, serverLines[0].keyword, { message: "A backend has servers or an elastic pool, not both: put one of them into a backend of its own" });
  }
  if (scaleLine !== undefined && elasticLine === undefined && serverLines.length > 0) {
    complain(context, names.conflict, scaleLine.keyword, { message: "Fixed servers do not scale: write a `replica` or a `workload` instead of the servers" });
  }
  const maxQueue = numberIn(context, statement, "max_queue");
  if (maxQueue !== undefined) needsLimits(context, statement, servers, replicaLine);
  const members = servers.filter((server) => !server.down).length;
  const protocol = choiceOf(childOf(statement, "protocol")?.fields ?? [], "protocol", protocols) ?? "http";
  const balanceLine = childOf(statement, "balance");
  const named = strategyOf(context, scope, statement, balanceLine);
  const strategy = balanceLine === undefined ? named
    : fittingStrategy(context, { name, servers, isElastic: elasticLine !== undefined, protocol, strategy: named }, rangeOfField(balanceLine.fields, "balance") ?? balanceLine.keyword);
  return compact<Backend>({
    name,
    documentation: statement.documentation,
    servers,
    replica: replicaLine === undefined ? undefined : compact<Replica>({ ...readMember(context, replicaLine.fields), origin: { file: context.file, range: replicaLine.range } }),
    workload: workloadLine === undefined ? undefined : resolveWorkload(context, workloadLine),
    address: poolAddressOf(context, childOf(statement, "address"), serverLines.length > 0),
    scale: scaleLine === undefined ? undefined : resolveScale(context, scope, scaleLine),
    strategy,
    demand: demandOf(context, scope, childOf(statement, "demand")),
    health: activeHealth(context, statement),
    passiveHealth: passiveHealth(context, statement),
    protocol,
    tls: tlsOf(context, childOf(statement, "tls"), protocol, servers),
    timeouts: timeoutsOf(context, childOf(statement, "timeout")),
    keepalive: numberIn(context, statement, "keepalive") ?? Math.max(16, 2 * members),
    maxQueue,
    stream: wordOf(childOf(statement, "stream")?.fields ?? [], "stream") === "on",
    origin,
  });
}

function numberIn(context: Context, statement: Statement, keyword: string): number | undefined {
  return numberOf(context, childOf(statement, keyword)?.fields ?? [], keyword);
}

function serverOf(context: Context, line: Statement, index: number): Server | undefined {
  const address = addressOf(context, line);
  if (address === undefined) return undefined;
  const name = nameOf(line);
  const member = readMember(context, line.fields);
  const addressRange = rangeOfField(line.fields, "address");
  const server: { -readonly [K in keyof Server]: Server[K] } = {
    name: name?.name ?? `s${index + 1}`,
    address,
    weight: numberOf(context, line.fields, "weight") ?? 1,
    backup: has(line.fields, "backup"),
    drain: has(line.fields, "drain"),
    down: has(line.fields, "down"),
    variation: member.variation,
    origin: { file: context.file, range: line.range, nameRange: name?.range ?? addressRange ?? line.keyword },
  };
  if (addressRange !== undefined) server.addressRange = addressRange;
  if (member.capacityPerSecond !== undefined) server.capacityPerSecond = member.capacityPerSecond;
  if (member.response !== undefined) server.response = member.response;
  if (member.ttft !== undefined) server.ttft = member.ttft;
  if (member.concurrency !== undefined) server.concurrency = member.concurrency;
  if (member.maxConnections !== undefined) server.maxConnections = member.maxConnections;
  if (member.pricePerHour !== undefined) server.pricePerHour = member.pricePerHour;
  if (line.documentation !== undefined) server.documentation = line.documentation;
  return server;
}

function duplicateServers(context: Context, lines: readonly Statement[]): void {
  const seen = new Map<string, { readonly name: string; readonly range: Range }>();
  lines.forEach((line, index) => {
    const use = nameOf(line);
    const name = use?.name ?? `s${index + 1}`;
    const range = use?.range ?? rangeOfField(line.fields, "address") ?? line.keyword;
    const key = name.toLowerCase();
    const first = seen.get(key);
    if (first === undefined) seen.set(key, { name, range });
    else {
      complain(context, names.duplicateName, range, { what: "server", name, first: first.name }, {
        related: [{ location: { file: context.file, range: first.range }, message: "The first one." }],
      });
    }
  });
}

function addressOf(context: Context, line: Statement | undefined): Address | undefined {
  const value = line === undefined ? undefined : fieldOf(line.fields, "address")?.value;
  if (value?.type !== "atom") return undefined;
  const reading = readAddress(value.text);
  if ("address" in reading) return reading.address;
  const better = [`${value.text}:80`, value.text.replace(/:0+([1-9]\d*)$/, ":$1")].find((candidate) => "address" in readAddress(candidate));
  return complain(context, values.badAddress, value.range, { address: value.text, reason: reading.reason },
    better === undefined ? {} : { fixes: [{ title: `Write ${better}`, file: context.file, edits: [{ range: value.range, text: better }] }] });
}

/** The address of an elastic pool: a host and a port. */
function poolAddressOf(context: Context, line: Statement | undefined, hasServers: boolean): Address | undefined {
  if (line === undefined) return undefined;
  if (hasServers) return complain(context, names.conflict, line.keyword, { message: "`address` says where an elastic pool is reached, and servers have addresses of their own: remove it" }, removed(context, line.range));
  const address = addressOf(context, line);
  if (address?.kind !== "unix") return address;
  return complain(context, values.badAddress, rangeOfField(line.fields, "address") ?? line.range, { address: `unix:${address.path}`, reason: "a pool is reached at a host and a port, such as pool.internal:8080" });
}

/** A queue forms where members are full, so each needs a limit. */
function needsLimits(context: Context, statement: Statement, servers: readonly Server[], replicaLine: Statement | undefined): void {
  const keyword = childOf(statement, "max_queue")?.keyword ?? statement.keyword;
  const unlimited = servers.filter((server) => server.maxConnections === undefined && !server.down);
  if (unlimited.length > 0) complain(context, names.missing, keyword, { subject: "`max_queue`", what: `\`max_connections\` on ${unlimited.length > 3 ? "each server" : unlimited.map((server) => server.name).join(", ")}` });
  else if (servers.length === 0 && (replicaLine === undefined || !has(replicaLine.fields, "max_connections"))) {
    complain(context, names.missing, keyword, { subject: "`max_queue`", what: "`max_connections` on the `replica`" });
  }
}

function strategyOf(context: Context, scope: BackendScope, backend: Statement, line: Statement | undefined): Strategy {
  const use = line === undefined ? undefined : fieldOf(line.fields, "balance")?.value;
  if (use?.type !== "name") return defaultStrategy;
  if (!scope.scopes.strategy.byName.has(use.name)) {
    const implicit = implicitStrategy(use.name);
    if (implicit !== undefined) return implicit;
    const example = argumentExamples.get(use.name);
    if (example !== undefined) {
      const declared = argumentStrategies.get(use.name);
      const isFree = declared !== undefined && !scope.scopes.strategy.byName.has(declared);
      complain(context, names.needsArgument, use.range, { name: use.name, example }, !isFree ? {} : {
        fixes: [{ title: `Declare the strategy ${declared}`, file: context.file, edits: [
          { range: use.range, text: declared }, { range: { start: backend.range.end, end: backend.range.end }, text: `\n\nstrategy ${declared} {\n  ${example}\n}` },
        ] }],
      });
      return defaultStrategy;
    }
  }
  const known = scope.scopes.strategy.byName.has(use.name) ? undefined : foreignAlgorithms.get(use.name.toLowerCase());
  if (known !== undefined) return complain(context, names.unknownName, use.range, { what: "strategy", name: use.name, nearest: known }) ?? defaultStrategy;
  const declared = lookup(context, scope.scopes.strategy, use, algorithms);
  return (declared === undefined ? undefined : scope.strategyOf(declared.name)) ?? defaultStrategy;
}

function demandOf(context: Context, scope: BackendScope, line: Statement | undefined): Demand | undefined {
  const field = line === undefined ? undefined : fieldOf(line.fields, "demand");
  const value: Value | undefined = field?.value;
  if (line === undefined || field?.element === undefined || !isExpression(value)) return undefined;
  const origin = { file: context.file, range: line.range, nameRange: value.range };
  if (value.type === "name" && !context.params.has(value.name)) {
    const declared = lookup(context, scope.scopes.traffic, value, [...context.params.names()]);
    const traffic = declared === undefined ? undefined : scope.trafficOf(declared.name);
    return traffic === undefined ? undefined : { kind: "traffic", traffic, origin };
  }
  const ratePerSecond = expressionOf(context, value, field.element, field);
  return ratePerSecond === undefined ? undefined : { kind: "rate", ratePerSecond, origin };
}

function activeHealth(context: Context, statement: Statement): ActiveHealth | undefined {
  const line = childrenOf(statement, "health").find((candidate) => !has(candidate.fields, "passive"));
  if (line === undefined) return undefined;
  const { fields } = line;
  const common = {
    intervalSeconds: numberOf(context, fields, "every") ?? 5,
    timeoutSeconds: numberOf(context, fields, "timeout") ?? 1,
    rise: numberOf(context, fields, "rise") ?? 2,
    fall: numberOf(context, fields, "fall") ?? 3,
    port: numberOf(context, fields, "port"),
    origin: { file: context.file, range: line.range, nameRange: line.keyword },
  };
  const kind = choiceOf(fields, "kind", ["http", "https", "tcp", "grpc"] as const);
  if (kind === undefined) return undefined;
  if (kind === "tcp" || kind === "grpc") return compact<ActiveHealth>({ kind, ...common });
  if (textOf(context, fields, "path") === undefined) return undefined;
  const path = shapedText(context, fields, "path", "The path of a check", shapes.requestPath) ?? "/";
  const method = methodOf(context, fields) ?? "GET";
  const [expectFrom, expectTo] = statusRange(context, line);
  return compact<ActiveHealth>({
    kind, ...common, path, expectFrom, expectTo,
    method,
    host: shapedText(context, fields, "host", "The `host` of a check", shapes.hostHeader),
    verify: wordOf(fields, "verify") !== "off",
  });
}

function statusRange(context: Context, line: Statement): readonly [number, number] {
  const field = fieldOf(line.fields, "expect");
  const value = field?.value;
  if (value?.type === "atom") {
    const [from = 0, to = 0] = value.text.split("-").map(Number);
    if (from < 100 || to > 599 || from > to) {
      const swapped = from > to && to >= 100 && from <= 599 ? { fixes: [{ title: `Write ${to}-${from}`, file: context.file, edits: [{ range: value.range, text: `${to}-${from}` }] }] } : {};
      complain(context, values.badStatus, value.range, { text: value.text, reason: "is no range of status codes: write one within 100-599, the smaller first" }, swapped);
    }
    return [from, to];
  }
  if (field?.element !== undefined && isExpression(value)) {
    const status = expressionOf(context, value, field.element, field);
    if (status !== undefined) return [status, status];
  }
  return [200, 399];
}

function passiveHealth(context: Context, statement: Statement): PassiveHealth | undefined {
  const line = childrenOf(statement, "health").find((candidate) => has(candidate.fields, "passive"));
  if (line === undefined) return defaultPassive;
  if (has(line.fields, "off")) return undefined;
  return {
    fall: numberOf(context, line.fields, "fall") ?? defaultPassive.fall,
    seconds: numberOf(context, line.fields, "for") ?? defaultPassive.seconds,
    origin: { file: context.file, range: line.range, nameRange: line.keyword },
  };
}

function tlsOf(context: Context, line: Statement | undefined, protocol: Protocol, servers: readonly Server[]): MemberTls | undefined {
  const isTls = protocol === "https" || protocol === "grpcs";
  const text = (label: string): string | undefined => (line === undefined ? undefined : textOf(context, line.fields, label));
  const verify = line === undefined || wordOf(line.fields, "verify") !== "off";
  const name = line === undefined ? undefined : shapedText(context, line.fields, "name", "The `name` of `tls`", shapes.certificateName);
  if (isTls && verify && (line === undefined || !has(line.fields, "name"))) {
    for (const { address, addressRange, origin } of servers) {
      if (address.kind !== "ipv4" && address.kind !== "ipv6") continue;
      complain(context, values.unverifiedMembers, addressRange ?? origin.range, { message: "A certificate rarely names an address: write the `name` that it has in `tls`" });
    }
  }
  if (line === undefined) return undefined;
  if (!isTls) return complain(context, names.conflict, line.keyword, { message: `\`tls\` is for https and grpcs members, and these speak ${protocol}: write \`protocol https\`, or remove it` });
  const [certificate, key] = [text("certificate"), text("key")];
  for (const [given, other] of [["certificate", "key"], ["key", "certificate"]] as const) {
    if (has(line.fields, given) && !has(line.fields, other)) complain(context, names.missing, line.keyword, { subject: `\`${given}\` of \`tls\``, what: `a \`${other}\` beside it` });
  }
  if (!verify) {
    const off = fieldOf(line.fields, "verify");
    const range = { start: off?.word?.start ?? line.range.start, end: off?.value?.range.end ?? line.range.end };
    complain(context, values.unverifiedMembers, range, { message: "Members that are not verified may be anybody: verify them, with `ca` where the authority is your own" });
  }
  return compact<MemberTls>({ verify, ca: text("ca"), name, certificate, key, origin: { file: context.file, range: line.range, nameRange: line.keyword } });
}

function timeoutsOf(context: Context, line: Statement | undefined): Timeouts {
  if (line === undefined) return defaultTimeouts;
  if (line.fields.length === 0 && !line.broken) complain(context, names.missing, line.keyword, { subject: "`timeout`", what: "one of `connect`, `read`, `send`, `queue`, `idle` and a duration" });
  const seconds = (label: string): number | undefined => numberOf(context, line.fields, label);
  return {
    connectSeconds: seconds("connect") ?? defaultTimeouts.connectSeconds,
    readSeconds: seconds("read") ?? defaultTimeouts.readSeconds,
    sendSeconds: seconds("send") ?? defaultTimeouts.sendSeconds,
    queueSeconds: seconds("queue") ?? defaultTimeouts.queueSeconds,
    idleSeconds: seconds("idle") ?? defaultTimeouts.idleSeconds,
    origin: { file: context.file, range: line.range, nameRange: line.keyword },
  };
}
