/** Limits of requests and of connections. */
import { limitRateRounded, limitStatusShared } from "../../diagnostics/targets-balancers.ts";
import type { Limit, LimitKey, Service } from "../../model/service.ts";
import type { NginxArgument } from "./arguments.ts";
import { interpolated, literal, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, sharedPart, variableName } from "./context.ts";
import { readableHeader } from "./headers.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, simple, table } from "./tree.ts";

type RateLimit = Extract<Limit, { readonly kind: "rate" }>;

/** The server's own lines; the zones they count in are shared parts. */
export function limitDirectives(context: NginxContext, service: Service): readonly Node[] {
  const rates = service.limits.filter((limit) => limit.kind === "rate");
  const connections = service.limits.filter((limit) => limit.kind === "connections");
  return [
    ...rates.map((limit, i) => simple("limit_req", rateArguments(context, service, limit, i + 1), limit.origin)),
    ...statusDirective(context, service, "limit_req_status", rates),
    ...connections.map((limit, i) => simple("limit_conn", [literal(connectionZone(context, service, limit, i + 1)), literal(String(limit.count))], limit.origin)),
    ...statusDirective(context, service, "limit_conn_status", connections),
  ];
}

/** For a stream, where only connections are counted and there is no status. */
export function streamLimitDirectives(context: NginxContext, service: Service): readonly Node[] {
  const connections = service.limits.filter((limit) => limit.kind === "connections");
  return connections.map((limit, i) => simple("limit_conn", [literal(connectionZone(context, service, limit, i + 1)), literal(String(limit.count))], limit.origin));
}

function rateArguments(context: NginxContext, service: Service, limit: RateLimit, number: number): readonly NginxArgument[] {
  const zone = sharedPart(context, `limit_req ${service.name} ${number}`, () => {
    const name = context.zoneNames(`rl_${service.name}_${number}`);
    const parts = [keyArgument(context, limit.by, limit), literal(`zone=${name}:10m`), literal(`rate=${rateText(context, service, limit)}`)];
    return { name, nodes: [limitComment(context, service, limit), simple("limit_req_zone", parts, limit.origin)] };
  });
  return [literal(`zone=${zone}`), ...(limit.burst > 0 ? [literal(`burst=${limit.burst}`)] : []), ...(limit.burst > 0 && limit.nodelay ? [literal("nodelay")] : [])];
}

function connectionZone(context: NginxContext, service: Service, limit: Limit, number: number): string {
  return sharedPart(context, `limit_conn ${service.name} ${number}`, () => {
    const name = context.zoneNames(`cl_${service.name}_${number}`);
    return { name, nodes: [limitComment(context, service, limit), simple("limit_conn_zone", [keyArgument(context, limit.by, limit), literal(`zone=${name}:10m`)], limit.origin)] };
  });
}

function limitComment(context: NginxContext, service: Service, limit: Limit): Node {
  return comment(`limit of service ${service.name} (${place(context, limit.origin)})`, limit.origin);
}

/** An absent header counts by address. */
function keyArgument(context: NginxContext, key: LimitKey, limit: Limit): NginxArgument {
  if (!("name" in key)) return key.kind === "everyone" ? literal("everyone") : interpolated(variable("binary_remote_addr"));
  const header = readableHeader(context, key.name, limit.origin);
  return interpolated(variable(sharedPart(context, `key ${header}`, () => {
    const name = variableName(context, "key", key.name);
    const rows = [entry(literal("default"), interpolated(variable(header))), entry(literal(""), interpolated(variable("binary_remote_addr")))];
    return { name, nodes: [block("map", [interpolated(variable(header)), interpolated(variable(name))], [table(rows)], limit.origin)] };
  })));
}

/** Whole requests a second or, where that is not exact, a minute; never more than was written, but at least one a minute. */
function rateText(context: NginxContext, service: Service, limit: RateLimit): string {
  const perSecond = limit.ratePerSecond;
  const perMinute = perSecond * 60;
  if (isWhole(perSecond) && perSecond >= 1) return `${Math.round(perSecond)}r/s`;
  if (isWhole(perMinute) && perMinute >= 1) return `${Math.round(perMinute)}r/m`;
  const used = Math.max(1, Math.floor(perMinute));
  const effect = perMinute < 1
    ? `which admits ${Math.round(1440 - perMinute * 1440)} more a day`
    : `which is ${((1 - used / perMinute) * 100).toFixed(2)} % less`;
  const written = perMinute < 1 ? `${Number((perMinute * 60).toPrecision(4))}/h` : `${Number(perMinute.toPrecision(6))}/m`;
  context.parity.differs(limitRateRounded, limit.origin, { program: context.program, written, used: `${used}r/m`, effect }, `service ${service.name}: limit`, "nearest");
  return `${used}r/m`;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9 * Math.max(1, value);
}

function statusDirective(context: NginxContext, service: Service, directive: string, limits: readonly Limit[]): readonly Node[] {
  const first = limits[0];
  if (first === undefined) return [];
  for (const limit of limits) {
    if (limit.status !== first.status) {
      context.parity.differs(limitStatusShared, limit.origin, { program: context.program, status: first.status }, `service ${service.name}: limit status`, "nearest");
    }
  }
  return [simple(directive, [literal(String(first.status))], first.origin)];
}
