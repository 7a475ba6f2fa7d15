/** Which of a frontend's services a request is for, by its host: whole names before wildcards, long wildcards before short ones, as in nginx. */
import type { Service } from "../../model/service.ts";
import type { Acls, AclTest } from "./conditions.ts";
import { negated } from "./conditions.ts";
import type { Condition } from "./context.ts";
import { unlessAnonymous, when } from "./context.ts";
import { rememberedCondition } from "./rules.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord } from "./words.ts";
import { sample, word, words } from "./words.ts";

export interface HostRules {
  /** What holds for a request of each service. */
  readonly conditions: ReadonlyMap<Service, Condition>;
  /** Rules that come before all others. */
  readonly lines: readonly Line[];
  /** True where the rules keep the service's name in `txn.service`. */
  readonly areRemembered: boolean;
}

/** A service with hosts answers for those; the one without, for the rest; where there is none, the rest is told 421. */
export function hostRules(acls: Acls, services: readonly Service[]): HostRules {
  if (services.some((service) => service.hosts.some((host) => isWildcard(host) && services.some((other) => other !== service && other.hosts.some((one) => liesIn(one, host)))))) {
    return rememberedHosts(acls, services);
  }
  const named = services.filter((service) => service.hosts.length > 0);
  const conditions = new Map<Service, Condition>(named.map((service) => [service, hostCondition(acls, `host.${service.name}`, service.hosts, service)]));
  const [only] = named;
  if (only === undefined) return { conditions, lines: [], areRemembered: false };
  const known = named.length === 1 ? (conditions.get(only) ?? []) : hostCondition(acls, "host.known", named.flatMap((service) => service.hosts), only);
  for (const service of services) if (service.hosts.length === 0) conditions.set(service, negated(known));
  return { conditions, lines: named.length === services.length ? [refusal(negated(known), only)] : [], areRemembered: false };
}

/** Wildcards of one service hold hosts of another: each rule overrides the ones before it. */
function rememberedHosts(acls: Acls, services: readonly Service[]): HostRules {
  const remember = (service: Service, terms: readonly HaproxyWord[]): Line => line([...words("http-request set-var(txn.service)"), word(`str(${service.name})`), ...when(terms)], service.origin);
  const fallback = services.find((service) => service.hosts.length === 0);
  const patterns = services.flatMap((service) => [...new Set(service.hosts.map(rank))].map((level) => ({ service, level, hosts: service.hosts.filter((host) => rank(host) === level) })));
  const rules = patterns.sort((a, b) => a.level - b.level).map(({ service, hosts }) => remember(service, hostCondition(acls, `host.${service.name}`, hosts, service)));
  const [first] = services;
  return {
    conditions: new Map(services.map((service) => [service, rememberedCondition(service)])),
    lines: [...(fallback === undefined ? [] : [remember(fallback, [])]), ...rules, ...(fallback === undefined && first !== undefined ? [refusal(unlessAnonymous("var(txn.service) -m found"), first)] : [])],
    areRemembered: true,
  };
}

function refusal(terms: Condition, service: Service): Line {
  return line([...words("http-request deny deny_status 421"), ...when(terms)], service.origin);
}

function hostCondition(acls: Acls, name: string, hosts: readonly string[], service: Service): Condition {
  const lower = [...new Set(hosts.map((host) => host.toLowerCase()))];
  const tests: readonly AclTest[] = [
    { flags: "-i -m str", patterns: lower.filter((host) => !isWildcard(host)) },
    { flags: "-i -m end", patterns: lower.filter(isWildcard).map((host) => host.slice(1)) },
  ];
  return acls.any(name, sample("req.hdr", ["host"], ["host_only"]), tests.filter((test) => test.patterns.length > 0), service.origin);
}

/** `*.example.com`. */
function isWildcard(host: string): boolean {
  return host.startsWith("*.");
}

function liesIn(host: string, wildcard: string): boolean {
  return host !== wildcard && host.toLowerCase().endsWith(wildcard.slice(1).toLowerCase());
}

/** Grows with how exact a host is. */
function rank(host: string): number {
  return isWildcard(host) ? host.length : Infinity;
}
