/** The routes of a service in the order in which they are tried. language.md, "service". */
import type { Destination, Route, Service } from "../../model/service.ts";

/** Routes of one path. Those with more conditions come first; what stands behind one without any is never reached. */
export interface RouteGroup {
  readonly match: "prefix" | "exact" | "regex";
  readonly path: string;
  readonly routes: readonly Route[];
  /** True where the last route has no condition, so that every request of the path is taken. */
  readonly isComplete: boolean;
}

/** Exact paths, then regular expressions in file order, then prefixes from long to short. `to` alone is the prefix `/`. */
export function routeGroups(service: Service): readonly RouteGroup[] {
  const routes = service.to.length > 0 ? [everything(service)] : service.routes;
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    const key = `${route.match} ${route.path}`;
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  const all = [...groups.values()].flatMap((members): readonly RouteGroup[] => {
    const first = members[0];
    if (first === undefined) return [];
    const ordered = [...members].sort((a, b) => conditionCount(b) - conditionCount(a));
    const last = ordered.findIndex((route) => conditionCount(route) === 0);
    return [{ match: first.match, path: first.path, routes: last < 0 ? ordered : ordered.slice(0, last + 1), isComplete: last >= 0 }];
  });
  const prefixes = all.filter((group) => group.match === "prefix").sort((a, b) => b.path.length - a.path.length);
  return [...all.filter((group) => group.match === "exact"), ...all.filter((group) => group.match === "regex"), ...prefixes];
}

export function conditionCount(route: Route): number {
  return (route.method === undefined ? 0 : 1) + (route.header === undefined ? 0 : 1);
}

/** The destinations that get something, each backend once. */
export function liveDestinations(destinations: readonly Destination[]): readonly Destination[] {
  const live = destinations.filter((destination) => destination.share === undefined || destination.share > 0);
  return live.length > 0 ? live : destinations.slice(0, 1);
}

function everything(service: Service): Route {
  return { path: "/", match: "prefix", to: service.to, origin: service.to[0]?.origin ?? service.origin };
}
