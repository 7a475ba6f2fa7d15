/** Resolved policies at random, over all that the language can say of backends and services. Every one of them would pass the checks. */
import fc from "fast-check";
import type { ActiveHealth, Affinity, Algorithm, Backend, Policy, Protocol, Retry, Server } from "../../language/src/model/policy.ts";
import type { Destination, HeaderRule, Limit, LimitKey, Listener, Route, Service } from "../../language/src/model/service.ts";
import type { Target } from "../../language/src/model/target.ts";
import { somewhere, strategy } from "./policy-parts.ts";

export interface ArbitraryOptions {
  /** A certificate and key that exist. */
  readonly certificate: string;
  readonly key: string;
  /** A certificate authority that exists. */
  readonly authority: string;
}

const longName = `A${"bcdefghi-_".repeat(5)}bcdz9`;
const names = ["a", longName, "shop", "Shop-2", "if", "or", "TRUE", "default", "backend", "include", "a_b", "a-b", "x1", "hostnames", "volatile", "nowhere", "n"];
const pieces = ["a", "B", "7", " ", "$", "$host", "${HOME}", "%", "%[src]", "%%", "'", '"', "\\", "\\n", ";", "{", "}", "#", "~", "é", "😀", "if", "unless", "--", "-i", "||", "!", "(", ")", ","];

/** Text in which both programs could see more than text. */
export const hostileText = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));
/** A field value: no space at its ends, for those are not the value's. */
const fieldValue = hostileText.map((text) => `x${text}x`);
const fieldName = fc.constantFrom("X-A", "X-Tenant", "x_under", "Accept-Language", "Authorization", "X-Forwarded-For", "Host", "Server", "X-Forwarded-Proto", `X-${"Long-".repeat(20)}Name`);
const path = fc.oneof(
  fc.constantFrom("/", "/", "/api", "/api/", "/api/v1", "/api/v1/", "/static/", "/a b", "/é"),
  fc.array(fc.constantFrom("a", "$", "%", "'", '"', "{", "}", ";", "~", "-", "/", " ", "é", "=", "@", "\\"), { maxLength: 6 }).map((parts) => `/${parts.join("")}`.replaceAll(/\/+/g, "/")),
);
const pattern = fc.constantFrom("^/img/.*\\.png$", "\\.(css|js)$", "^/u/[0-9]{1,3}/", "^/q\\?x", "a|b", "^/\"quoted\"", "'single'", "#");

const seconds = fc.oneof(fc.constantFrom(1, 2, 5, 10, 30, 60, 90, 120, 3600, 86_400), fc.integer({ min: 1, max: 5_000_000 }).map((milliseconds) => milliseconds / 1000));

const hashKey = fc.oneof(
  fc.constantFrom({ kind: "uri" } as const, { kind: "path" } as const),
  fc.record({ kind: fc.constantFrom("header", "cookie", "query"), name: fc.constantFrom("X-User", "sid", "user-id", "a.b", "__Host-s") }).map((key) => (key.kind === "header" ? { ...key, name: key.name.replaceAll(".", "-") } : key)),
);

const algorithm = (servers: readonly string[]): fc.Arbitrary<Algorithm> => fc.oneof(
  fc.constantFrom("round_robin", "least_connections", "random", "power_of_two", "ip_hash", "first", "least_response_time").map((kind) => ({ kind }) as Algorithm),
  fc.record({ key: hashKey, consistent: fc.boolean() }).map((hash): Algorithm => ({ kind: "hash", ...hash })),
  fc.constant<Algorithm>({ kind: "least_predicted_load", windowSeconds: 60, aheadSeconds: 10 }),
  fc.record({
    networks: fc.uniqueArray(fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "192.168.7.0/24", "2001:db8::/32"), { maxLength: 3 }).chain((list) =>
      fc.tuple(...list.map((network) => fc.subarray([...servers], { minLength: 1 }).map((some) => ({ network, servers: some, origin: somewhere() }))))),
    fallback: fc.subarray([...servers], { minLength: 1 }),
  }).map((geo): Algorithm => ({ kind: "geo", ...geo })),
);

const affinity: fc.Arbitrary<Affinity | undefined> = fc.option(fc.oneof(
  fc.record({ name: fc.constantFrom("SRV", "lb-sticky", "__Host-s"), ttlSeconds: fc.oneof(seconds.map((one) => Math.max(1, one)), fc.constant(366 * 86_400)) }).map((cookie): Affinity => ({ kind: "cookie", ...cookie, origin: somewhere() })),
  fc.constant<Affinity>({ kind: "ip", origin: somewhere() }),
), { nil: undefined });

const retry: fc.Arbitrary<Retry> = fc.record({
  count: fc.integer({ min: 0, max: 5 }),
  on: fc.uniqueArray(fc.constantFrom<Retry["on"][number]>("error", "timeout", "5xx", 429, 404, 408, 502, 503), { minLength: 1, maxLength: 4 }),
  unsafe: fc.boolean(),
});

const health: fc.Arbitrary<ActiveHealth | undefined> = fc.option(fc.record({
  kind: fc.constantFrom("http", "https", "tcp", "grpc"), intervalSeconds: seconds, timeoutSeconds: seconds, rise: fc.integer({ min: 1, max: 9 }), fall: fc.integer({ min: 1, max: 9 }),
  port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }), path, host: fc.option(fc.constantFrom("health.internal", "x"), { nil: undefined }), verify: fc.boolean(),
}).map(({ kind, path: uri, host, verify, port, ...rest }): ActiveHealth => {
  const base = { ...rest, origin: somewhere(), ...(port === undefined ? {} : { port }) };
  return kind === "tcp" || kind === "grpc" ? { ...base, kind } : { ...base, kind, path: uri.replaceAll(/[ "\\{}é]/g, "_"), method: "GET", expectFrom: 200, expectTo: 399, verify, ...(host === undefined ? {} : { host }) };
}), { nil: undefined });

const server = (name: string, limited: boolean): fc.Arbitrary<Server> => fc.record({
  port: fc.integer({ min: 1, max: 65_535 }), host: fc.integer({ min: 1, max: 250 }), weight: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 256 }) }, fc.constant(0)),
  role: fc.oneof({ weight: 6, arbitrary: fc.constant("active") }, fc.constantFrom("backup", "drain", "down")), v6: fc.integer({ min: 0, max: 9 }), most: fc.integer({ min: 1, max: 500 }),
}).map(({ port, host, weight, role, v6, most }) => ({
  name, weight, variation: 1, origin: somewhere(),
  address: v6 === 0 ? { kind: "ipv6", host: `2001:db8::${host}`, port } : v6 === 1 ? { kind: "unix", path: `/run/app-${host}.sock` } : { kind: "ipv4", host: `10.0.0.${host}`, port },
  backup: role === "backup", drain: role === "drain", down: role === "down", ...(limited ? { maxConnections: most } : {}),
}));

function backend(name: string, protocols: readonly Protocol[], options: ArbitraryOptions): fc.Arbitrary<Backend> {
  return fc.record({
    serverNames: fc.subarray(["a", "B2", "if", "server", "x-y_z"], { minLength: 1 }), limited: fc.boolean(), protocol: fc.constantFrom(...protocols),
  }).chain(({ serverNames, limited, protocol }) => fc.record({
    servers: fc.tuple(...serverNames.map((one) => server(one, limited))), algorithm: algorithm(serverNames), affinity, retry, health,
    slowStartSeconds: fc.option(seconds, { nil: undefined }), maxQueue: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
    passive: fc.option(fc.record({ fall: fc.integer({ min: 1, max: 20 }), seconds: seconds.map((one) => Math.max(1, one)) }), { nil: undefined }),
    timeouts: fc.record({ connectSeconds: seconds, readSeconds: seconds, sendSeconds: seconds, queueSeconds: seconds, idleSeconds: seconds }),
    stream: fc.boolean(), keepalive: fc.integer({ min: 1, max: 500 }), verify: fc.boolean(), tlsName: fc.option(fc.constantFrom("api.internal"), { nil: undefined }),
  }).map((parts): Backend => {
    const [first, ...others] = parts.servers;
    // one member that takes traffic, or a check would refuse the backend
    const servers = first === undefined ? [] : [{ ...first, backup: false, drain: false, down: false, weight: Math.max(1, first.weight) }, ...others];
    const isTcp = protocol === "tcp" || protocol === "udp";
    const sticky = isTcp && parts.affinity?.kind === "cookie" ? undefined : parts.affinity;
    const hashes = isTcp && parts.algorithm.kind === "hash" ? { kind: "ip_hash" as const } : parts.algorithm;
    return {
      name, servers, protocol, timeouts: { ...parts.timeouts, origin: somewhere() }, keepalive: parts.keepalive, stream: !isTcp && parts.stream, origin: somewhere(),
      strategy: strategy({ algorithm: hashes, retry: parts.retry, ...(sticky === undefined ? {} : { affinity: sticky }), ...(parts.slowStartSeconds === undefined ? {} : { slowStartSeconds: parts.slowStartSeconds }) }),
      ...(parts.passive === undefined ? {} : { passiveHealth: { ...parts.passive, origin: somewhere() } }),
      ...(parts.health === undefined || protocol === "udp" || (isTcp && parts.health.kind === "grpc") ? {} : { health: parts.health }),
      ...(limited && parts.maxQueue !== undefined ? { maxQueue: parts.maxQueue } : {}),
      ...(protocol === "https" || protocol === "grpcs" ? { tls: { verify: parts.verify, ca: options.authority, origin: somewhere(), ...(parts.stream ? { certificate: options.certificate, key: options.key } : {}), ...(parts.tlsName === undefined ? {} : { name: parts.tlsName }) } } : {}),
    };
  }));
}

const limitKey: fc.Arbitrary<LimitKey> = fc.oneof(fc.constantFrom<LimitKey>({ kind: "client_ip" }, { kind: "everyone" }), fc.constantFrom("Authorization", "X-Key").map((name): LimitKey => ({ kind: "header", name })));

const limit: fc.Arbitrary<Limit> = fc.oneof(
  fc.record({ rate: fc.oneof(fc.constantFrom(1, 5, 0.5, 1.5, 50 / 3600, 1 / 86_400, 1_000_000), fc.double({ min: 0.001, max: 5000, noNaN: true })), burst: fc.integer({ min: 0, max: 1000 }), nodelay: fc.boolean(), by: limitKey, status: fc.constantFrom(429, 503, 403) })
    .map(({ rate, ...rest }): Limit => ({ kind: "rate", ratePerSecond: rate, ...rest, origin: somewhere() })),
  fc.record({ count: fc.integer({ min: 1, max: 65_535 }), by: limitKey, status: fc.constantFrom(429, 503) }).map((rest): Limit => ({ kind: "connections", ...rest, origin: somewhere() })),
);

const headerRule: fc.Arbitrary<HeaderRule> = fc.record({ on: fc.constantFrom("request", "response"), action: fc.constantFrom("set", "add", "remove"), name: fieldName, value: fieldValue })
  .map(({ value, ...rule }): HeaderRule => ({ ...rule, ...(rule.action === "remove" ? {} : { value }), origin: somewhere() }));

function destinations(backends: readonly Backend[]): fc.Arbitrary<readonly Destination[]> {
  return fc.subarray([...backends], { minLength: 1 }).chain((some) => fc.record({ parts: fc.tuple(...some.map(() => fc.integer({ min: 0, max: 5000 }))), shares: fc.boolean() }).map(({ parts, shares }) => {
    const sum = parts.reduce((total, part) => total + part, 0);
    return some.map((to, i): Destination => ({ backend: to, origin: somewhere(), ...(shares && sum > 0 && some.length > 1 ? { share: (parts[i] ?? 0) / sum } : {}) }));
  }));
}

function route(backends: readonly Backend[]): fc.Arbitrary<Route> {
  return fc.record({
    match: fc.constantFrom("prefix", "prefix", "exact", "regex"), path, pattern, method: fc.option(fc.constantFrom("GET", "POST"), { nil: undefined }),
    header: fc.option(fc.record({ name: fc.constantFrom("X-Canary", "X-Tenant"), value: fieldValue }), { nil: undefined }), to: destinations(backends), cacheSeconds: fc.option(seconds, { nil: undefined }),
  }).map((parts): Route => ({
    match: parts.match, path: parts.match === "regex" ? parts.pattern : parts.path, to: parts.to, origin: somewhere(),
    ...(parts.method === undefined ? {} : { method: parts.method }), ...(parts.header === undefined ? {} : { header: parts.header }), ...(parts.cacheSeconds === undefined ? {} : { cacheSeconds: Math.ceil(parts.cacheSeconds) }),
  }));
}

function listeners(ports: readonly number[], options: ArbitraryOptions): fc.Arbitrary<readonly Listener[]> {
  return fc.tuple(...ports.map((port) => fc.record({ tls: fc.boolean(), http2: fc.boolean(), address: fc.boolean() }).map((parts): Listener => ({
    port, http2: parts.http2 && parts.tls, origin: somewhere(), ...(parts.address ? { address: "127.0.0.1" } : {}),
    ...(parts.tls ? { tls: { kind: "files", certificate: options.certificate, key: options.key } } : {}),
  }))));
}

function httpService(name: string, ports: readonly number[], backends: readonly Backend[], options: ArbitraryOptions): fc.Arbitrary<Service> {
  return fc.record({
    listeners: listeners(ports, options), hosts: fc.subarray(["shop.example.com", "WWW.example.com", "*.example.org", "*.beside.example.com", "a-very-long-name-of-a-host-that-does-not-fit-a-usual-bucket.example.com"]),
    redirect: fc.option(fc.subarray(["/.well-known/", "/health z"]), { nil: undefined }), useRoutes: fc.boolean(), to: destinations(backends), routes: fc.array(route(backends), { minLength: 1, maxLength: 6 }),
    limits: fc.array(limit, { maxLength: 5 }), compress: fc.boolean(), headers: fc.array(headerRule, { maxLength: 4 }), bodyLimitBytes: fc.option(fc.integer({ min: 1, max: 2 ** 33 }), { nil: undefined }),
    trustProxies: fc.subarray(["10.0.0.0/8", "127.0.0.1", "2001:db8::/32"]), metrics: fc.boolean(),
  }).map(({ useRoutes, to, routes, redirect, bodyLimitBytes, metrics, ...rest }): Service => ({
    name, ...rest, to: useRoutes ? [] : to, routes: useRoutes ? routes : [], origin: somewhere(),
    ...(redirect === undefined || !rest.listeners.some((listener) => listener.tls !== undefined) || !rest.listeners.some((listener) => listener.tls === undefined) ? {} : { redirect: { except: redirect, origin: somewhere() } }),
    ...(bodyLimitBytes === undefined ? {} : { bodyLimitBytes }), ...(metrics ? { metricsPort: (ports[0] ?? 1) + 5000 } : {}),
  }));
}

function tcpService(name: string, port: number, to: readonly Backend[], options: ArbitraryOptions): fc.Arbitrary<Service> {
  return fc.record({ listeners: listeners([port], options), to: destinations(to), count: fc.integer({ min: 1, max: 100 }), limited: fc.boolean(), trusted: fc.boolean() }).map((parts): Service => ({
    name, listeners: parts.listeners.map((listener) => ({ ...listener, http2: false })), hosts: [], to: parts.to, routes: [], compress: false, headers: [], trustProxies: parts.trusted ? ["10.0.0.0/8"] : [], origin: somewhere(),
    limits: parts.limited ? [{ kind: "connections", count: parts.count, by: { kind: "client_ip" }, status: 429, origin: somewhere() }] : [],
  }));
}

/** A pool that is looked up by name. */
const elasticBackend: fc.Arbitrary<Backend> = fc.record({ most: fc.integer({ min: 1, max: 200 }), limit: fc.option(fc.integer({ min: 1, max: 100 })), isTcp: fc.boolean(), port: fc.integer({ min: 1, max: 65_535 }), fixed: fc.boolean() }).map(({ most, limit, isTcp, port, fixed }): Backend => ({
  name: "elastic_pool", servers: [], protocol: isTcp ? "tcp" : "http", keepalive: 16, stream: false, origin: somewhere(), strategy: strategy(), passiveHealth: { fall: 3, seconds: 10 },
  timeouts: { connectSeconds: 5, readSeconds: 60, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60 },
  replica: { variation: 1, origin: somewhere(), ...(limit === null ? {} : { maxConnections: limit }) },
  scale: { min: 1, max: most, thresholds: [], schedules: [], idleSeconds: 300, origin: somewhere(), behavior: { toleranceUp: 0.1, toleranceDown: 0.1, up: { limits: [], select: "max", stabilizeSeconds: 0 }, down: { limits: [], select: "max", stabilizeSeconds: 300 } } },
  address: fixed ? { kind: "ipv4", host: "10.0.0.99", port } : { kind: "host", host: "pool.internal", port },
}));

function withoutShare({ backend: to, origin }: Destination): Destination {
  return { backend: to, origin };
}

/** Services with a port of their own, two that share one by host, and one of tcp. */
export function arbitraryPolicy(options: ArbitraryOptions): fc.Arbitrary<Policy> {
  return fc.shuffledSubarray(names, { minLength: 6, maxLength: 6 }).chain(([one = "a", two = "b", three = "c", first = "s1", second = "s2", third = "s3"]) => fc.tuple(
    backend(one, ["http", "https", "h2c", "grpc", "grpcs"], options), backend(two, ["http"], options), backend(`${three}_tcp`, ["tcp"], options),
  ).chain(([web, other, raw]) => fc.record({
    front: httpService(first, [8080, 8443], [web, other], options), beside: httpService(second, [8080], [other], options), db: tcpService(third, 5432, [raw], options),
    several: fc.boolean(), withTcp: fc.boolean(), version: fc.constantFrom("1.22", "1.22", "1.24"), bare: fc.integer({ min: 0, max: 6 }).map((roll) => roll === 0), pool: fc.option(elasticBackend),
  }).map(({ front, beside, db, several, withTcp, version, bare, pool }): Policy => {
    const shared = front.listeners.filter((listener) => listener.port === 8080);
    const neighbour: Service = { ...beside, listeners: shared, hosts: beside.hosts.length > 2 ? ["beside.example.com", "*.example.com", "x.example.org", "y.beside.example.com"] : ["beside.example.com"] };
    const resolver = pool === null ? {} : { resolver: "127.0.0.1:5353" };
    const targets: Target[] = [{ kind: "nginx", version, emit: "all", ...resolver }, { kind: "haproxy", version: "2.6", emit: "all", ...resolver }];
    // a pool takes a share of what the neighbour or the tcp service gets
    const joined = (service: Service): Service => (pool === null || (pool.protocol === "tcp") !== (service === db) || service.to.length === 0 ? service : { ...service, to: [...service.to.map(withoutShare), { backend: pool, origin: somewhere() }] });
    const services = bare ? [] : [joined(front), ...(several ? [joined(neighbour)] : []), ...(withTcp ? [joined(db)] : [])];
    return { backends: [web, other, raw, ...(pool === null ? [] : [pool])], services, targets, strategies: [], metrics: [], thresholds: [], schedules: [], traffics: [], scenarios: [] };
  })));
}
