/** What a frontend does with a request of one service before a backend is chosen. */
import { cacheDropped, cacheNeedsFreshness, chunkedBodyPasses, trustedProxyChain } from "../../diagnostics/targets-balancers.ts";
import type { Service } from "../../model/service.ts";
import type { Acls } from "./conditions.ts";
import { negated } from "./conditions.ts";
import type { Condition, HaproxyContext } from "./context.ts";
import { always, anonymous, place, unlessAnonymous, when } from "./context.ts";
import { cachedRoutes, routeNumberCondition } from "./routes.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import { logFormat, sample, word, words } from "./words.ts";

/** The client's address as trusted proxies name it. */
export function trustRules(context: HaproxyContext, acls: Acls, service: Service, condition: Condition): readonly Line[] {
  if (service.trustProxies.length === 0) return [];
  context.parity.differs(trustedProxyChain, service.origin, { program: context.program }, `service ${service.name}: trust_proxy`, "nearest");
  const trusted = acls.acl(`trusted.${service.name}`, sample("src"), "", service.trustProxies, service.origin);
  return [line([...words("http-request set-src req.hdr_ip(x-forwarded-for,-1)"), ...when([...condition, ...trusted])], service.origin)];
}

/** As nginx's `return 308 https://$host…`: the host without its port. */
export function redirectRules(acls: Acls, service: Service, condition: Condition): readonly Line[] {
  const { redirect } = service;
  if (redirect === undefined) return [];
  const port = service.listeners.find((listener) => listener.tls !== undefined)?.port ?? 443;
  const excepted = redirect.except.length === 0 ? always : negated(acls.acl(`except.${service.name}`, sample("path", [], ["url_dec"]), "-m beg", redirect.except, redirect.origin));
  const target = logFormat("https://", { sample: sample("req.hdr", ["host"], ["host_only"]) }, port === 443 ? "" : `:${port}`, { sample: sample("pathq") });
  return [line([...words("http-request redirect location"), target, ...words("code 308"), ...when([...condition, ...unlessAnonymous("ssl_fc"), ...excepted])], redirect.origin)];
}

export function bodyRules(context: HaproxyContext, service: Service, condition: Condition): readonly Line[] {
  if (service.bodyLimitBytes === undefined) return [];
  context.parity.differs(chunkedBodyPasses, service.origin, { program: context.program }, `service ${service.name}: body_limit`, "nearest");
  return [line([...words("http-request deny deny_status 413"), ...when([...condition, ...anonymous(`req.hdr_val(content-length) gt ${Math.ceil(service.bodyLimitBytes)}`)])], service.origin)];
}

/** Who asked, for which host, over what; then what the policy sets, adds or removes. `ownForwardedFor` where the policy says something of it. */
export function requestHeaderRules(service: Service, condition: Condition, transport: "tls" | "plain" | "both", ownForwardedFor: "option" | "rule"): readonly Line[] {
  const set = (name: string, value: ReturnType<typeof word>, terms: Condition = always): Line =>
    line([...words("http-request set-header"), word(name), value, ...when([...condition, ...terms])], service.origin);
  const scheme = transport === "both"
    ? [set("X-Forwarded-Proto", word("https"), anonymous("ssl_fc")), set("X-Forwarded-Proto", word("http"), unlessAnonymous("ssl_fc"))]
    : [set("X-Forwarded-Proto", word(transport === "tls" ? "https" : "http"))];
  return [
    ...(ownForwardedFor === "rule" ? [line([...words("http-request add-header X-Forwarded-For"), logFormat({ sample: sample("src") }), ...when(condition)], service.origin)] : []),
    set("X-Forwarded-Host", logFormat({ sample: sample("req.hdr", ["host"]) })),
    ...scheme,
    ...headerRules(service, "request", condition),
  ];
}

/** `http-after-response` reaches answers of HAProxy's own as well, as nginx's `always` does. */
export function headerRules(service: Service, on: "request" | "response", condition: Condition): readonly Line[] {
  const ruleSet = on === "request" ? "http-request" : "http-after-response";
  return service.headers.filter((rule) => rule.on === on).map((rule) => {
    const isGone = rule.action === "remove" || (rule.value ?? "") === "";
    if (isGone) return line([word(ruleSet), word("del-header"), word(rule.name), ...when(condition)], rule.origin);
    return line([word(ruleSet), word(`${rule.action}-header`), word(rule.name), logFormat(rule.value ?? ""), ...when(condition)], rule.origin);
  });
}

/** Response rules cannot see the host: the service is remembered where a frontend has several. */
export function rememberedCondition(service: Service): Condition {
  return [word("{"), ...words("var(txn.service) -m str"), word(service.name), word("}")];
}

/** Use and store of the cache; a section per time that answers are kept. */
export function cacheRules(context: HaproxyContext, service: Service, remembered: Condition): { readonly filters: readonly Line[]; readonly request: readonly Line[]; readonly response: readonly Line[] } {
  const routes = cachedRoutes(service).filter(({ route, backends }) => {
    if (!backends.some((backend) => backend.stream || backend.protocol.startsWith("grpc"))) return true;
    context.parity.differs(cacheDropped, route.origin, { program: context.program }, `service ${service.name}: cache`, "dropped");
    return false;
  });
  const lines = routes.map(({ number, seconds, route }) => {
    context.parity.differs(cacheNeedsFreshness, route.origin, { program: context.program }, `service ${service.name}: cache`, "nearest");
    const name = cacheSection(context, service, seconds);
    const condition = [...remembered, ...routeNumberCondition(number)];
    return { name, request: line([...words("http-request cache-use"), word(name), ...when(condition)], route.origin), response: line([...words("http-response cache-store"), word(name), ...when(condition)], route.origin) };
  });
  return {
    filters: [...new Set(lines.map(({ name }) => name))].map((name) => line([...words("filter cache"), word(name)], service.origin)),
    request: lines.map((one) => one.request),
    response: lines.map((one) => one.response),
  };
}

function cacheSection(context: HaproxyContext, service: Service, seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const key = `cache ${service.name} ${whole}`;
  const known = context.shared.get(key);
  if (known !== undefined) return String(known.title[1]);
  // names of caches have at most 32 characters; a number is added where two are cut to the same
  const name = context.sectionNames(`cache.${service.name.slice(0, 14)}.${whole}s`);
  context.shared.set(key, {
    title: [word("cache"), word(name)],
    comment: `cache of service ${service.name} (${place(context, service.origin)})`,
    lines: [line(words("total-max-size 100"), service.origin), line(words("max-object-size 1048576"), service.origin), line(words(`max-age ${whole}`), service.origin), line(words("process-vary on"), service.origin)],
    origin: service.origin,
  });
  return name;
}
