/** `use_backend` in the order in which routes are tried; a request that meets no condition falls to the next. */
import { dotsInPaths, splitRounded } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import type { Destination, Route, Service } from "../../model/service.ts";
import { splitGrid } from "../emit/quantities.ts";
import type { RouteGroup } from "../emit/routes.ts";
import { liveDestinations, routeGroups } from "../emit/routes.ts";
import { groupName } from "./backend.ts";
import type { Acls } from "./conditions.ts";
import type { Condition, HaproxyContext } from "./context.ts";
import { always, anonymous, namedSample, unlessAnonymous, when } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import { sample, word, words } from "./words.ts";

export interface Routing {
  /** Rules that draw or remember something; they stand before all `use_backend`. */
  readonly rules: readonly Line[];
  readonly uses: readonly Line[];
}

const nowhere = "lb.nowhere";

/** The lines for one service; `condition` is its host. `isLast` where the frontend has no service behind it. */
export function routingOf(context: HaproxyContext, acls: Acls, service: Service, condition: Condition, position: "last" | "before others"): Routing {
  const rules: Line[] = [];
  const uses: Line[] = [];
  const groups = routeGroups(service);
  const compared = groups.find((group) => group.path !== "/")?.routes[0];
  if (compared !== undefined) context.parity.differs(dotsInPaths, compared.origin, { program: context.program }, `service ${service.name}: route`, "information");
  const cached = groups.some((group) => group.routes.some((route) => route.cacheSeconds !== undefined));
  let number = 0;
  let complete = false;
  for (const group of groups) {
    for (const route of group.routes) {
      if (complete) break;
      number++;
      const own = [...condition, ...pathCondition(acls, service, group), ...routeCondition(context, acls, service, route)];
      const isEverything = group.match === "prefix" && group.path === "/" && route.method === undefined && route.header === undefined;
      if (cached) rules.push(line([...words(`http-request set-var(txn.route) int(${number})`), ...when([...own, ...unlessAnonymous("var(txn.route) -m found")])], route.origin));
      const split = splitUses(context, service, route, own, isEverything && position === "last", number);
      rules.push(...split.rules);
      uses.push(...split.uses);
      complete = isEverything;
    }
  }
  if (!complete) uses.push(useLine(nowhereName(context), condition, position === "last" && condition.length === 0, service.origin));
  return { rules, uses };
}

/** The condition under which a route was taken, where routes are numbered. */
export function routeNumberCondition(number: number): Condition {
  return anonymous(`var(txn.route) -m int ${number}`);
}

function useLine(name: string, condition: Condition, isDefault: boolean, origin: Route["origin"]): Line {
  return isDefault ? line([word("default_backend"), word(name)], origin) : line([word("use_backend"), word(name), ...when(condition)], origin);
}

/** The backend that answers 404. */
function nowhereName(context: HaproxyContext): string {
  if (!context.shared.has(nowhere)) {
    context.shared.set(nowhere, { title: words(`backend ${nowhere}`), comment: "a path that no route has", lines: [line(words("http-request deny deny_status 404"))], origin: undefined });
  }
  return nowhere;
}

function pathCondition(acls: Acls, service: Service, group: RouteGroup): Condition {
  if (group.match === "prefix" && group.path === "/") return always;
  const flag = group.match === "exact" ? "-m str" : group.match === "prefix" ? "-m beg" : "-m reg";
  // nginx compares decoded paths too
  return acls.acl(`path.${service.name}`, sample("path", [], ["url_dec"]), flag, [group.path], group.routes[0]?.origin ?? service.origin);
}

function routeCondition(context: HaproxyContext, acls: Acls, service: Service, route: Route): Condition {
  const method = route.method === undefined ? always : acls.acl(`method.${service.name}`, sample("method"), "-m str", [route.method], route.origin);
  if (route.header === undefined) return method;
  const value = namedSample(context, "req.fhdr", route.header.name, route.origin);
  return [...method, ...acls.acl(`header.${service.name}`, value, "-m str", [route.header.value], route.origin)];
}

/** One line per destination. Of several, each draws among what the ones before it left: 10 of 10000, then 20 of the 9990 that remain. */
function splitUses(context: HaproxyContext, service: Service, route: Route, own: Condition, endsFrontend: boolean, number: number): Routing {
  const live = liveDestinations(route.to);
  const grid = splitGrid(live.map((one) => one.share));
  if (live.some((one, i) => one.share !== undefined && Math.abs(one.share * 10_000 - (grid[i] ?? 0)) > 1e-6)) {
    context.parity.differs(splitRounded, route.origin, { program: context.program }, `service ${service.name}: split`, "nearest");
  }
  const drawn = live.map((one, i) => ({ one, part: grid[i] ?? 0 })).filter(({ part }) => part > 0);
  const remembers = drawn.length > 1 && drawn.some(({ one }) => isByNetwork(one));
  const variable = `txn.draw${number}`;
  const rules = remembers ? [line(words(`http-request set-var(${variable}) rand(10000)`), route.origin)] : [];
  let left = 10_000;
  const uses = drawn.flatMap(({ one, part }, i) => {
    const draw = i === drawn.length - 1 ? always : anonymous(remembers ? `var(${variable}) -m int lt ${10_000 - left + part}` : `rand(${left}) lt ${part}`);
    left -= part;
    return destinationLines(one, [...own, ...draw], endsFrontend && i === drawn.length - 1);
  });
  return { rules, uses };
}

function isByNetwork(destination: Destination): boolean {
  return destination.backend.strategy.algorithm.kind === "geo";
}

/** The backend, or the one of its groups that the client's network chooses: the longest prefix first. */
function destinationLines(destination: Destination, condition: Condition, isDefault: boolean): readonly Line[] {
  const { backend, origin } = destination;
  const { algorithm } = backend.strategy;
  if (algorithm.kind !== "geo") return [useLine(backend.name, condition, isDefault && condition.length === 0, origin)];
  const rules = [...algorithm.networks].sort((a, b) => prefixLength(b.network) - prefixLength(a.network));
  return [
    ...rules.map((rule) => useLine(groupName(backend, rule.servers), [...condition, word("{"), word("src"), word(rule.network), word("}")], false, rule.origin)),
    useLine(groupName(backend, algorithm.fallback), condition, isDefault && condition.length === 0, origin),
  ];
}

function prefixLength(network: string): number {
  return Number(network.split("/")[1] ?? 128);
}

/** The destinations of a tcp service. */
export function connectionUses(context: HaproxyContext, service: Service): Routing {
  const route: Route = { path: "/", match: "prefix", to: service.to, origin: service.to[0]?.origin ?? service.origin };
  return splitUses(context, service, route, always, true, 1);
}

/** Routes that keep answers, by the number under which `routingOf` remembers them. */
export function cachedRoutes(service: Service): readonly { readonly number: number; readonly seconds: number; readonly route: Route; readonly backends: readonly Backend[] }[] {
  let number = 0;
  return routeGroups(service).flatMap((group) => group.routes).flatMap((route) => {
    number++;
    return route.cacheSeconds === undefined ? [] : [{ number, seconds: route.cacheSeconds, route, backends: route.to.map((one) => one.backend) }];
  });
}
