/**
 * Locations. A path with one destination and no condition is passed on directly. Where a method, a header or a split decides, maps compute
 * the destination: the name of an upstream where all destinations are alike but for it, else the name of a location, reached by way of
 * an internal 418. Both leave the body and the path of the request as they came.
 */
import { splitRounded } from "../../diagnostics/targets-balancers.ts";
import type { Destination, Route, Service } from "../../model/service.ts";
import { splitGrid } from "../emit/quantities.ts";
import type { RouteGroup } from "../emit/routes.ts";
import { liveDestinations, routeGroups } from "../emit/routes.ts";
import type { NginxArgument, Variable } from "./arguments.ts";
import { interpolated, literal, mapPattern, mapSource, patternOf, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, sharedPart, variableName } from "./context.ts";
import { readableHeader } from "./headers.ts";
import type { PassParts, Use } from "./pass.ts";
import { moduleOf, passParts } from "./pass.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, printNodes, simple, table } from "./tree.ts";
import type { Upstream } from "./servers.ts";

/** A location before its settings are written: those that all share move up to the server. */
export interface PlannedLocation {
  readonly match: readonly NginxArgument[];
  readonly route: Route | undefined;
  readonly note?: string;
  readonly content: { readonly kind: "pass"; readonly parts: PassParts } | { readonly kind: "nodes"; readonly nodes: readonly Node[] };
}

const nowhere = "@lb_nowhere";

export function plannedLocations(context: NginxContext, service: Service, upstreams: ReadonlyMap<string, Upstream>): readonly PlannedLocation[] {
  const groups = routeGroups(service);
  const router = createRouter(context, service, groups, upstreams);
  const locations: PlannedLocation[] = groups.map((group) => ({ match: matchArguments(group), route: group.routes[0], content: router.contentOf(group) }));
  for (const group of groups) {
    const bare = group.path.slice(0, -1);
    if (group.match !== "prefix" || !group.path.endsWith("/") || bare === "" || groups.some((other) => other.match === "exact" && other.path === bare)) continue;
    const taken = groupOfPath(groups, bare, undefined);
    locations.push({
      match: [literal("="), literal(bare)], route: taken?.routes[0], note: `or nginx would answer ${bare} with a redirect to ${group.path}`,
      content: taken === undefined ? nothing() : router.contentOf(taken),
    });
  }
  if (!groups.some((group) => group.match === "prefix" && group.path === "/")) locations.push({ match: [literal("/")], route: undefined, content: nothing() });
  return [...locations, ...router.namedLocations()];
}

function nothing(): PlannedLocation["content"] {
  return { kind: "nodes", nodes: [simple("return", [literal("404")])] };
}

function matchArguments(group: RouteGroup): readonly NginxArgument[] {
  const path = literal(group.path);
  return group.match === "prefix" ? [path] : [literal(group.match === "exact" ? "=" : "~"), path];
}

/** The group that takes a path which is known now, after `behind` where that is given. */
function groupOfPath(groups: readonly RouteGroup[], path: string, behind: RouteGroup | undefined): RouteGroup | undefined {
  const rest = behind === undefined ? groups : groups.slice(groups.indexOf(behind) + 1);
  return rest.find((group) => (group.match === "exact" ? group.path === path : group.match === "prefix" ? path.startsWith(group.path) : matches(group.path, path)));
}

function matches(pattern: string, path: string): boolean {
  try {
    return new RegExp(pattern).test(path);
  } catch {
    return false;
  }
}

function createRouter(context: NginxContext, service: Service, groups: readonly RouteGroup[], upstreams: ReadonlyMap<string, Upstream>) {
  const parts = (use: Use, address?: readonly (string | Variable)[]): PassParts => {
    const upstream = upstreams.get(use.backend.name);
    if (upstream === undefined) throw new RangeError(`no upstream of ${use.backend.name}`);
    return passParts(context, service, upstream, use, address);
  };
  const computed = groups.filter((group) => !isDirect(group));
  const uses = computed.flatMap((group) => group.routes.flatMap((route) => liveDestinations(route.to).map((destination) => useOf(route, destination))));
  const byUpstream = computed.every((group) => group.isComplete) && areAlike(uses.map((use) => parts(use, ["x"])), uses, upstreams);
  const named = new Map<string, Use>();
  let usesNowhere = false;
  const values = new Map<RouteGroup, NginxArgument>();

  const destination = (use: Use): NginxArgument => {
    if (byUpstream) return literal(String(upstreams.get(use.backend.name)?.address[0] ?? use.backend.name));
    const name = locationName(use);
    named.set(name, use);
    return literal(name);
  };
  const valueOf = (group: RouteGroup): NginxArgument => {
    const known = values.get(group);
    if (known !== undefined) return known;
    const reversed = [...group.routes].reverse();
    let value: NginxArgument | undefined;
    for (const route of reversed) {
      const hit = splitValue(context, service, route, destination);
      value = route.method === undefined && route.header === undefined ? hit : conditionValue(context, service, route, hit, value ?? behind(group));
    }
    const result = value ?? literal(nowhere);
    values.set(group, result);
    return result;
  };
  /** Where a request goes that met none of the group's conditions. */
  const behind = (group: RouteGroup): NginxArgument => {
    const rest = groups.slice(groups.indexOf(group) + 1).filter((other) => other.match !== "exact");
    if (group.match !== "regex") {
      const next = groupOfPath(groups, group.path, group);
      if (next === undefined) usesNowhere = true;
      return next === undefined ? literal(nowhere) : valueOf(next);
    }
    const everything = rest.find((other) => other.match === "prefix" && other.path === "/");
    if (everything === undefined) usesNowhere = true;
    const rows = [
      entry(literal("default"), everything === undefined ? literal(nowhere) : valueOf(everything)),
      ...rest.filter((other) => other !== everything).map((other) => entry(mapPattern(other.match === "regex" ? other.path : `^${patternOf(other.path)}`), valueOf(other))),
    ];
    if (rows.length === 1) return rows[0]?.columns[0] ?? literal(nowhere);
    return interpolated(variable(sharedPart(context, `behind ${service.name} ${group.path}`, () => {
      const name = variableName(context, service.name, "next");
      return { name, nodes: [block("map", [interpolated(variable("uri")), interpolated(variable(name))], [table(rows)])] };
    })));
  };

  return {
    contentOf: (group: RouteGroup): PlannedLocation["content"] => {
      const route = group.routes[0];
      const only = route === undefined ? undefined : liveDestinations(route.to)[0];
      if (route !== undefined && only !== undefined && isDirect(group)) return { kind: "pass", parts: parts(useOf(route, only)) };
      const value = valueOf(group);
      const first = uses[0];
      if (byUpstream && first !== undefined) return { kind: "pass", parts: parts(first, [variableIn(value)]) };
      return { kind: "nodes", nodes: [simple("error_page", [literal("418"), literal("="), value], route?.origin), simple("return", [literal("418")], route?.origin)] };
    },
    namedLocations: (): readonly PlannedLocation[] => [
      ...[...named].map(([name, use]): PlannedLocation => ({ match: [literal(name)], route: undefined, content: { kind: "pass", parts: parts(use) } })),
      ...(usesNowhere ? [{ match: [literal(nowhere)], route: undefined, content: nothing() }] : []),
    ],
  };
}

function variableIn(value: NginxArgument): string | Variable {
  return value.startsWith("$") ? variable(value.slice(1)) : value;
}

/** One route without a condition and with one destination. */
function isDirect(group: RouteGroup): boolean {
  const route = group.routes[0];
  return group.routes.length === 1 && group.isComplete && route !== undefined && liveDestinations(route.to).length === 1;
}

function useOf(route: Route, destination: Destination): Use {
  return { backend: destination.backend, cacheSeconds: route.cacheSeconds };
}

function locationName(use: Use): string {
  return use.cacheSeconds === undefined ? `@lb_${use.backend.name}` : `@lb_${use.backend.name}_cached_${Math.round(use.cacheSeconds * 1000)}`;
}

/** True where the locations of all uses would be the same but for the upstream's name. */
function areAlike(parts: readonly PassParts[], uses: readonly Use[], upstreams: ReadonlyMap<string, Upstream>): boolean {
  if (uses.some((use) => moduleOf(use.backend) !== "proxy" || typeof upstreams.get(use.backend.name)?.address[0] !== "string" || upstreams.get(use.backend.name)?.fallback !== undefined)) return false;
  const text = (part: PassParts): string => printNodes([...part.pass, ...part.settings, ...part.own]).map((line) => line.text).join("\n");
  return new Set(parts.map(text)).size <= 1;
}

/** The destination, or a variable that draws one anew for each request. */
function splitValue(context: NginxContext, service: Service, route: Route, destination: (use: Use) => NginxArgument): NginxArgument {
  const live = liveDestinations(route.to);
  const first = live[0];
  if (first === undefined) return literal(nowhere);
  if (live.length === 1) return destination(useOf(route, first));
  const grid = splitGrid(live.map((one) => one.share));
  if (live.some((one, i) => one.share !== undefined && Math.abs(one.share * 10_000 - (grid[i] ?? 0)) > 1e-6)) {
    context.parity.differs(splitRounded, route.origin, { program: context.program }, `service ${service.name}: split`, "nearest");
  }
  const drawn = live.map((one, i) => ({ one, part: grid[i] ?? 0 })).filter(({ part }) => part > 0);
  return interpolated(variable(sharedPart(context, `split ${service.name} ${live.map((one, i) => `${one.backend.name}=${grid[i] ?? 0}`).join(" ")} ${route.cacheSeconds ?? ""}`, () => {
    const name = variableName(context, service.name, "split");
    const rows = drawn.map(({ one, part }, i) => entry(literal(i === drawn.length - 1 ? "*" : `${part / 100}%`), destination(useOf(route, one)), one.origin));
    return {
      name,
      nodes: [
        comment(`split of service ${service.name} (${place(context, route.origin)})`, route.origin),
        block("split_clients", [interpolated(variable("remote_addr"), variable("request_id")), interpolated(variable(name))], [table(rows)], route.origin),
      ],
    };
  })));
}

/** A map from method and header to the destination; compared by case, for nginx compares plain texts without it. */
function conditionValue(context: NginxContext, service: Service, route: Route, hit: NginxArgument, otherwise: NginxArgument): NginxArgument {
  const { method, header } = route;
  const sources: (string | Variable)[] = [];
  if (method !== undefined) sources.push(variable("request_method"));
  if (method !== undefined && header !== undefined) sources.push(" ");
  if (header !== undefined) sources.push(variable(readableHeader(context, header.name, route.origin)));
  const pattern = header === undefined ? mapSource(method ?? "") : mapPattern(`^${method === undefined ? "" : `${patternOf(method)} `}${patternOf(header.value)}$`);
  return interpolated(variable(sharedPart(context, `condition ${service.name} ${route.match} ${route.path} ${method ?? ""} ${header?.name ?? ""} ${header?.value ?? ""}`, () => {
    const name = variableName(context, service.name, "route");
    return {
      name,
      nodes: [
        comment(`route of service ${service.name} (${place(context, route.origin)})`, route.origin),
        block("map", [interpolated(...sources), interpolated(variable(name))], [table([entry(literal("default"), otherwise), entry(pattern, hit)])], route.origin),
      ],
    };
  })));
}
