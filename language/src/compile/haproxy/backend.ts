/** `backend` sections: the members and how requests are shared among them. */
import { queueCountedAtOnce, udpUnsupported, weightsRounded } from "../../diagnostics/targets-balancers.ts";
import type { Address, Backend, Server } from "../../model/policy.ts";
import { limitsConnections } from "../emit/algorithms.ts";
import { fitWeights, durationText } from "../emit/quantities.ts";
import { layerOfBackend } from "../emit/services.ts";
import { serverAddress } from "./address.ts";
import { balanceOf } from "./balance.ts";
import { certificatePath } from "./bind.ts";
import type { HaproxyContext } from "./context.ts";
import { place } from "./context.ts";
import { elasticRows } from "./elastic.ts";
import { checkLines, checkWords } from "./health.ts";
import type { Line, Section, TableRow } from "./sections.ts";
import { grouped, line, table } from "./sections.ts";
import type { Setting } from "./settings.ts";
import { backendSettings, ownSettings } from "./settings.ts";
import { ringFactor } from "../../simulate/balancers/policy-balancer.ts";
import type { HaproxyWord } from "./words.ts";
import { word, words } from "./words.ts";

/** A section before its inherited settings are known. */
export interface PlannedSection {
  readonly settings: readonly Setting[];
  readonly section: (inherited: readonly Setting[]) => Section;
}

/** A backend's section; one per network where it balances by network. */
export function plannedBackends(context: HaproxyContext, backend: Backend): readonly PlannedSection[] {
  if (backend.protocol === "udp") context.parity.refuse(udpUnsupported, backend.origin, { program: context.program });
  const { algorithm } = backend.strategy;
  if (algorithm.kind !== "geo") return [plannedBackend(context, backend, backend.servers, backend.name)];
  const groups = new Map([algorithm.fallback, ...algorithm.networks.map((rule) => rule.servers)].map((names) => [groupName(backend, names), names] as const));
  return [...groups].map(([name, names]) => plannedBackend(context, backend, backend.servers.filter((server) => server.backup || names.includes(server.name)), name));
}

/** The section that holds these servers of a backend that balances by network. */
export function groupName(backend: Backend, servers: readonly string[]): string {
  return [backend.name, ...[...servers].sort()].join(".");
}

function plannedBackend(context: HaproxyContext, backend: Backend, servers: readonly Server[], name: string): PlannedSection {
  const settings = backendSettings(context, backend);
  const balance = balanceOf(context, backend);
  const body = [
    [...balance.lines, ...checkLines(context, backend), ...streamLines(backend)],
    [...retryLines(backend), ...overflowLines(context, backend, servers, name)],
    [...defaultServer(context, backend), ...(servers.length > 1 && servers.filter((server) => server.backup).length > 1 ? [line(words("option allbackups"), backend.origin)] : [])],
    [table(backend.servers.length === 0 ? elasticRows(context, backend) : serverRows(context, backend, servers, balance.ring))],
  ];
  return {
    settings,
    section: (inherited) => {
      const [first, ...rest] = body;
      return {
        title: [word("backend"), word(name)],
        comment: `backend ${backend.name} (${place(context, backend.origin)})`,
        lines: grouped([[...ownSettings(settings, inherited), ...(first ?? [])], rest.flat()]),
        origin: backend.origin,
      };
    },
  };
}

function streamLines(backend: Backend): readonly Line[] {
  return backend.stream && layerOfBackend(backend) === "http" ? [line(words("option http-no-delay"), backend.origin)] : [];
}

/** What was sent is sent again only if its method is idempotent, as in nginx. */
function retryLines(backend: Backend): readonly Line[] {
  const { retry } = backend.strategy;
  if (layerOfBackend(backend) !== "http" || retry.count === 0 || retry.unsafe) return [];
  return [line(words("http-request disable-l7-retry if !{ method GET HEAD OPTIONS PUT DELETE TRACE }"), retry.origin ?? backend.strategy.origin ?? backend.origin)];
}

/** 503 to what finds the queues full, with word of when to come back. Without max_queue the shortest `timeout queue` does it. */
function overflowLines(context: HaproxyContext, backend: Backend, servers: readonly Server[], name: string): readonly Line[] {
  const serving = servers.filter((server) => !server.backup && !server.down && !server.drain);
  const isElastic = backend.servers.length === 0;
  const isLimited = isElastic ? backend.replica?.maxConnections !== undefined : serving.length > 0 && serving.every((server) => server.maxConnections !== undefined);
  const isHttp = layerOfBackend(backend) === "http";
  const again = isHttp && limitsConnections(backend) ? [line(words("http-error status 503 hdr Retry-After 1"), backend.origin)] : [];
  if (!isLimited || backend.maxQueue === undefined) return again;
  context.parity.differs(queueCountedAtOnce, backend.origin, { program: context.program }, `backend ${backend.name}: max_queue`, "nearest");
  const members = isElastic ? (backend.scale?.max ?? 1) : serving.length;
  const action = isHttp ? "http-request deny deny_status 503 hdr Retry-After 1" : "tcp-request content reject";
  return [...again, line(words(`${action} if { queue(${name}) ge ${backend.maxQueue * members} }`), backend.origin)];
}

/** What holds for every member. */
function defaultServer(context: HaproxyContext, backend: Backend): readonly Line[] {
  const isHttp = layerOfBackend(backend) === "http";
  const members = Math.max(1, backend.servers.length > 0 ? backend.servers.length : (backend.scale?.max ?? 1));
  const parts = [
    ...protocolWords(context, backend),
    ...checkWords(backend),
    ...(backend.strategy.slowStartSeconds === undefined ? [] : words(`slowstart ${durationText(backend.strategy.slowStartSeconds)}`)),
    ...(isHttp ? words(`pool-max-conn ${Math.ceil(backend.keepalive / members)}`) : []),
  ];
  return parts.length === 0 ? [] : [line([word("default-server"), ...parts], backend.tls?.origin ?? backend.health?.origin ?? backend.passiveHealth?.origin ?? backend.origin)];
}

function protocolWords(context: HaproxyContext, backend: Backend): readonly HaproxyWord[] {
  const { protocol, tls } = backend;
  const http2 = protocol === "h2c" || protocol === "grpc" ? words("proto h2") : [];
  if (protocol !== "https" && protocol !== "grpcs") return http2;
  return [
    ...words("ssl"),
    ...(protocol === "grpcs" ? words("alpn h2") : []),
    ...(tls?.verify === false ? words("verify none") : [...words("verify required ca-file"), word(tls?.ca ?? "@system-ca")]),
    ...(tls?.certificate === undefined ? [] : [word("crt"), word(tls.key === undefined ? tls.certificate : certificatePath(context, tls.certificate, tls.key, tls.origin ?? backend.origin, `backend ${backend.name}: tls`))]),
  ];
}

/** SNI and the name that a member must prove: the policy's, else its own. */
function nameWords(backend: Backend, address: Address): readonly HaproxyWord[] {
  if (backend.protocol !== "https" && backend.protocol !== "grpcs") return [];
  const name = backend.tls?.name ?? (address.kind === "host" ? address.host : undefined);
  if (name === undefined) return [];
  const checked = backend.tls?.verify === false ? [] : [word("verifyhost"), word(name)];
  return [word("sni"), word(`str(${name})`), ...checked, ...(backend.health === undefined && backend.passiveHealth === undefined ? [] : [word("check-sni"), word(name)])];
}

function serverRows(context: HaproxyContext, backend: Backend, servers: readonly Server[], ring: boolean): readonly TableRow[] {
  const { weights, worst } = fitWeights(servers.map((server) => server.weight), 256);
  if (worst > 0.01) context.parity.differs(weightsRounded, backend.origin, { program: context.program, percent: (worst * 100).toFixed(1) }, `backend ${backend.name}: weight`, "nearest");
  const factor = ring ? ringFactor(weights) : 1;
  const sticky = backend.strategy.affinity?.kind === "cookie";
  return servers.map((server, i) => {
    const weight = server.drain ? 0 : (weights[i] ?? 1) * factor;
    return {
      columns: [
        word("server"), word(server.name), serverAddress(server.address),
        ...pair(weight === 1 ? undefined : `weight ${weight}`),
        ...pair(server.maxConnections === undefined ? undefined : `maxconn ${server.maxConnections}`),
        ...pair(sticky ? `cookie ${server.name}` : undefined),
        ...nameWords(backend, server.address),
        server.backup ? word("backup") : undefined,
        server.down ? word("disabled") : undefined,
      ],
      origin: server.origin,
    };
  });
}

/** Two columns, or two empty ones. */
function pair(text: string | undefined): readonly (HaproxyWord | undefined)[] {
  return text === undefined ? [undefined, undefined] : words(text);
}
