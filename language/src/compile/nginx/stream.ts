/** Services of tcp and udp. */
import { proxyProtocolForAll, splitSettingsShared } from "../../diagnostics/targets-balancers.ts";
import type { Backend } from "../../model/policy.ts";
import type { Service } from "../../model/service.ts";
import { durationText, splitGrid } from "../emit/quantities.ts";
import { liveDestinations } from "../emit/routes.ts";
import { layerOf } from "../emit/services.ts";
import type { Variable } from "./arguments.ts";
import { interpolated, literal, mapSource, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { place, sharedPart, variableName } from "./context.ts";
import { streamLimitDirectives } from "./limits.ts";
import { certificateNodes, listenText, tlsDefaults } from "./listeners.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, simple, spaced, table } from "./tree.ts";
import type { Upstream } from "./servers.ts";

/** One server for the service's listeners that share a certificate. */
export function streamServers(context: NginxContext, service: Service, upstreams: ReadonlyMap<string, Upstream>): readonly Node[] {
  const destinations = liveDestinations(service.to);
  const backend = destinations[0]?.backend;
  const upstream = backend === undefined ? undefined : upstreams.get(backend.name);
  if (backend === undefined || upstream === undefined) return [];
  const isUdp = layerOf(service) === "udp";
  const trusted = service.trustProxies.length > 0;
  if (trusted) context.parity.differs(proxyProtocolForAll, service.origin, { program: context.program }, `service ${service.name}: trust_proxy`, "nearest");
  const before = destinations.flatMap((one) => upstreams.get(one.backend.name)?.before ?? []);
  if (destinations.some((one) => settingsOf(one.backend) !== settingsOf(backend))) {
    context.parity.differs(splitSettingsShared, service.origin, { program: context.program, name: backend.name }, `service ${service.name}: split`, "nearest");
  }
  const { timeouts } = backend;
  const { retry } = backend.strategy;
  const tries = isUdp || retry.count === 0
    ? [simple("proxy_next_upstream", [literal("off")], retry.origin)]
    : [simple("proxy_next_upstream_tries", [literal(String(retry.count + 1))], retry.origin)];
  return service.listeners.flatMap((listener, i) => {
    if (listener.tls !== undefined) tlsDefaults(context, "lb_tls_stream");
    const words = [listenText(listener), ...(isUdp ? ["udp"] : []), ...(listener.tls === undefined ? [] : ["ssl"]), ...(trusted ? ["proxy_protocol"] : [])];
    const body = spaced([
      [
        simple("listen", words.map(literal), listener.origin),
        ...certificateNodes(context, { ...listener, http2: false }),
        ...(trusted ? service.trustProxies.map((network) => simple("set_real_ip_from", [literal(network)], service.origin)) : []),
        ...streamLimitDirectives(context, service),
      ],
      [
        ...before,
        simple("proxy_pass", [interpolated(...destinationOf(context, service, upstreams, upstream))], service.origin),
        simple("proxy_connect_timeout", [literal(durationText(timeouts.connectSeconds))], timeouts.origin),
        simple("proxy_timeout", [literal(durationText(timeouts.idleSeconds))], timeouts.origin),
        ...tries,
      ],
    ]);
    const title = comment(`service ${service.name} (${place(context, service.origin)})`, service.origin);
    return i === 0 ? [title, block("server", [], body, service.origin)] : [block("server", [], body, service.origin)];
  });
}

function settingsOf(backend: Backend): string {
  const { connectSeconds, idleSeconds } = backend.timeouts;
  return [connectSeconds, idleSeconds, backend.strategy.retry.count].join(" ");
}

/** The upstream, or a variable that draws one for each connection. A split holds no variables: what is one is looked up by the drawn name. */
function destinationOf(context: NginxContext, service: Service, upstreams: ReadonlyMap<string, Upstream>, only: Upstream): readonly (string | Variable)[] {
  const live = liveDestinations(service.to);
  if (live.length === 1) return only.address;
  const grid = splitGrid(live.map((one) => one.share));
  const name = sharedPart(context, `split ${service.name}`, () => {
    const result = variableName(context, service.name, "split");
    const drawn = live.map((one, i) => ({ one, part: grid[i] ?? 0 })).filter(({ part }) => part > 0);
    const rows = drawn.map(({ one, part }, i) => entry(literal(i === drawn.length - 1 ? "*" : `${part / 100}%`), literal(one.backend.name), one.origin));
    return {
      name: result,
      nodes: [
        comment(`split of service ${service.name} (${place(context, service.origin)})`, service.origin),
        block("split_clients", [interpolated(variable("remote_addr"), variable("remote_port"), variable("msec")), interpolated(variable(result))], [table(rows)], service.origin),
      ],
    };
  });
  const addressOf = (backend: Backend): readonly (string | Variable)[] => upstreams.get(backend.name)?.address ?? [backend.name];
  if (live.every((one) => addressOf(one.backend).every((part) => part === one.backend.name))) return [variable(name)];
  return [variable(sharedPart(context, `split address ${service.name}`, () => {
    const result = variableName(context, service.name, "address");
    const rows = live.map((one) => entry(mapSource(one.backend.name), interpolated(...addressOf(one.backend)), one.origin));
    return { name: result, nodes: [block("map", [interpolated(variable(name)), interpolated(variable(result))], [table(rows)], service.origin)] };
  }))];
}
