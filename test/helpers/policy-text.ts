/** A resolved policy of backends, strategies, services and targets as the text that means it: what `analyze` must read back. */
import type { Backend, Policy, Server } from "../../language/src/model/policy.ts";
import { addressText } from "../../language/src/model/policy.ts";
import type { Destination, Limit, LimitKey, Listener, Route, Service } from "../../language/src/model/service.ts";
import type { Target } from "../../language/src/model/target.ts";

/** Every backend gets a strategy of its own, and nothing is left to a default. */
export function policyText(policy: Policy): string {
  return [
    ...policy.backends.flatMap((backend, i) => [backendText(backend, `st_${i}`), strategyText(backend, `st_${i}`)]),
    ...policy.services.map(serviceText),
    ...policy.targets.map(targetText),
  ].join("\n");
}

/** A string literal. */
export function stringText(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function duration(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function block(head: string, lines: readonly (string | undefined)[]): string {
  return `${head} {\n${lines.filter((line) => line !== undefined).map((line) => `  ${line}\n`).join("")}}\n`;
}

function words(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== "").join(" ");
}

function backendText(backend: Backend, strategy: string): string {
  const { health, passiveHealth: passive, tls, timeouts, replica, workload } = backend;
  const check = health === undefined ? undefined : words(
    "health", health.kind, "path" in health && stringText(health.path),
    ...("path" in health ? [`method ${health.method}`, `expect ${health.expectFrom}-${health.expectTo}`] : []),
    `every ${duration(health.intervalSeconds)}`, `timeout ${duration(health.timeoutSeconds)}`, `rise ${health.rise}`, `fall ${health.fall}`,
    health.port !== undefined && `port ${health.port}`,
    ...("path" in health ? [health.host !== undefined && `host ${stringText(health.host)}`, `verify ${health.verify ? "on" : "off"}`] : []),
  );
  return block(`backend ${backend.name}`, [
    `balance ${strategy}`,
    ...backend.servers.map(serverText),
    replica === undefined ? undefined : words("replica", replica.maxConnections !== undefined && `max_connections ${replica.maxConnections}`),
    workload === undefined ? undefined : `workload { image ${stringText(workload.image ?? "x")} port ${workload.port ?? 80} cpu 1 }`,
    backend.scale === undefined ? undefined : `scale ${backend.scale.min}..${backend.scale.max}`,
    backend.address === undefined ? undefined : `address ${addressText(backend.address)}`,
    check,
    passive === undefined ? "health passive off" : `health passive fall ${passive.fall} for ${duration(passive.seconds)}`,
    `protocol ${backend.protocol}`,
    tls === undefined ? undefined : words(
      "tls", `verify ${tls.verify ? "on" : "off"}`, tls.ca !== undefined && `ca ${stringText(tls.ca)}`, tls.name !== undefined && `name ${stringText(tls.name)}`,
      tls.certificate !== undefined && `certificate ${stringText(tls.certificate)}`, tls.key !== undefined && `key ${stringText(tls.key)}`,
    ),
    words("timeout", `connect ${duration(timeouts.connectSeconds)}`, `read ${duration(timeouts.readSeconds)}`, `send ${duration(timeouts.sendSeconds)}`, `queue ${duration(timeouts.queueSeconds)}`, `idle ${duration(timeouts.idleSeconds)}`),
    `keepalive ${backend.keepalive}`,
    backend.maxQueue === undefined ? undefined : `max_queue ${backend.maxQueue}`,
    `stream ${backend.stream ? "on" : "off"}`,
  ]);
}

function serverText(server: Server): string {
  return words("server", server.name, addressText(server.address), `weight ${server.weight}`, server.maxConnections !== undefined && `max_connections ${server.maxConnections}`, server.backup && "backup", server.drain && "drain", server.down && "down");
}

function strategyText(backend: Backend, name: string): string {
  const { algorithm, affinity, retry, slowStartSeconds } = backend.strategy;
  return block(`strategy ${name}`, [
    `algorithm ${algorithmText(algorithm)}`,
    affinity === undefined ? undefined : affinity.kind === "ip" ? "affinity ip" : `affinity cookie ${stringText(affinity.name)} ttl ${duration(affinity.ttlSeconds)}`,
    words(`retry ${retry.count} on ${retry.on.join(", ")}`, retry.unsafe && "unsafe"),
    slowStartSeconds === undefined ? undefined : `slow_start ${duration(slowStartSeconds)}`,
  ]);
}

function algorithmText(algorithm: Backend["strategy"]["algorithm"]): string {
  switch (algorithm.kind) {
    case "hash":
      return words("hash", algorithm.key.kind, "name" in algorithm.key && stringText(algorithm.key.name), algorithm.consistent && "consistent");
    case "least_predicted_load":
      return `least_predicted_load window ${duration(algorithm.windowSeconds)} ahead ${duration(algorithm.aheadSeconds)}`;
    case "geo":
      return `geo { ${algorithm.networks.map((rule) => `${stringText(rule.network)} to ${rule.servers.join(", ")}\n`).join("    ")}    default to ${algorithm.fallback.join(", ")} }`;
    default:
      return algorithm.kind;
  }
}

function serviceText(service: Service): string {
  return block(`service ${service.name}`, [
    ...service.listeners.map(listenerText),
    ...(service.hosts.length === 0 ? [] : [`host ${service.hosts.map(stringText).join(" ")}`]),
    service.redirect === undefined ? undefined : words("redirect https", service.redirect.except.length > 0 && `except ${service.redirect.except.map(stringText).join(" ")}`),
    ...service.limits.map(limitText),
    ...service.routes.map(routeText),
    service.to.length === 0 ? undefined : `to ${destinationsText(service.to)}`,
    service.compress ? "compress gzip" : undefined,
    ...service.headers.map((rule) => words("header", rule.on, rule.action, stringText(rule.name), rule.action !== "remove" && stringText(rule.value ?? ""))),
    service.bodyLimitBytes === undefined ? undefined : `body_limit ${service.bodyLimitBytes}B`,
    ...(service.trustProxies.length === 0 ? [] : [`trust_proxy ${service.trustProxies.map(stringText).join(" ")}`]),
    service.metricsPort === undefined ? undefined : `metrics ${service.metricsPort}`,
  ]);
}

function listenerText(listener: Listener): string {
  const at = listener.address === undefined ? String(listener.port) : `${listener.address.includes(":") ? `[${listener.address}]` : listener.address}:${listener.port}`;
  const { tls } = listener;
  const secure = tls === undefined ? undefined : tls.kind === "secret" ? `tls secret ${stringText(tls.name)}` : `tls certificate ${stringText(tls.certificate)} key ${stringText(tls.key)}`;
  return words("listen", at, secure, listener.http2 && "http2");
}

function routeText(route: Route): string {
  return words(
    "route", stringText(route.path), route.match !== "prefix" && route.match, route.method !== undefined && `method ${route.method}`,
    route.header !== undefined && `header ${stringText(route.header.name)} ${stringText(route.header.value)}`,
    `to ${destinationsText(route.to)}`, route.cacheSeconds !== undefined && `cache ${duration(route.cacheSeconds)}`,
  );
}

/** Shares as a fraction of whole numbers in parentheses, so that they add up. */
function destinationsText(destinations: readonly Destination[]): string {
  const sum = 1_000_000;
  const parts = destinations.map((destination) => Math.round((destination.share ?? 0) * sum));
  const rest = sum - parts.reduce((total, part) => total + part, 0);
  return destinations.map((destination, i) => words(destination.backend.name, destination.share !== undefined && `(${(parts[i] ?? 0) + (i === parts.indexOf(Math.max(...parts)) ? rest : 0)} / ${sum})`)).join(", ");
}

function limitText(limit: Limit): string {
  const tail = words(`by ${keyText(limit.by)}`, `status ${limit.status}`);
  if (limit.kind === "connections") return `limit connections ${limit.count} ${tail}`;
  return words("limit", rateText(limit.ratePerSecond), limit.burst > 0 && `burst ${limit.burst}`, limit.nodelay && "nodelay", tail);
}

function keyText(key: LimitKey): string {
  return key.kind === "header" ? `header ${stringText(key.name)}` : key.kind;
}

function rateText(perSecond: number): string {
  for (const [unit, seconds] of [["s", 1], ["m", 60], ["h", 3600], ["d", 86_400]] as const) {
    const count = perSecond * seconds;
    if (count >= 1 && Math.abs(count - Math.round(count)) < 1e-9 * count) return `${Math.round(count)}/${unit}`;
  }
  return `${perSecond.toFixed(6)}/s`;
}

function targetText(target: Target): string {
  if (target.kind === "kubernetes") return block("target kubernetes", []);
  return block(`target ${target.kind}`, [`version ${stringText(target.version)}`, target.resolver === undefined ? undefined : `resolver ${stringText(target.resolver)}`, target.emit === "all" ? undefined : `emit ${target.emit}`]);
}
