/** Request and response headers, and the variables in which nginx shows them. */
import { ownHeaderStays, unsayableName } from "../../diagnostics/targets-balancers.ts";
import type { Origin } from "../../model/policy.ts";
import type { HeaderRule, Service } from "../../model/service.ts";
import type { NginxArgument } from "./arguments.ts";
import { interpolated, literal, variable } from "./arguments.ts";
import type { NginxContext } from "./context.ts";
import { sharedPart, variableName } from "./context.ts";
import type { Node } from "./tree.ts";
import { block, comment, entry, row, simple, table } from "./tree.ts";

/** `http_x_user` for `X-User`. nginx can only name headers of letters, digits, `-` and `_`. */
export function readableHeader(context: NginxContext, name: string, origin: Origin): string {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) context.parity.refuse(unsayableName, origin, { program: context.program, name });
  if (name.includes("_")) sharedPart(context, "underscores", () => ({ name: "", nodes: [simple("underscores_in_headers", [literal("on")], origin)] }));
  return `http_${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_")}`;
}

/** The variable that asks a member to change protocols exactly where the client did. */
export function upgradeVariable(context: NginxContext): string {
  return sharedPart(context, "upgrade", () => {
    const name = variableName(context, "connection");
    return {
      name,
      nodes: [
        comment("WebSocket: ask a member to change protocols only where the client asked"),
        block("map", [interpolated(variable("http_upgrade")), interpolated(variable(name))], [
          table([entry(literal("default"), literal("upgrade")), entry(literal(""), literal(""))]),
        ]),
      ],
    };
  });
}

/** What every member is sent: who asked, for which host, over what; and what the policy sets, adds or removes. */
export function requestHeaders(context: NginxContext, service: Service, protocols: { readonly http: boolean; readonly grpc: boolean }): readonly Node[] {
  const headers = new Map<string, { readonly name: string; readonly value: NginxArgument; readonly origin: Origin }>();
  const put = (name: string, value: NginxArgument, origin: Origin): void => {
    headers.set(name.toLowerCase(), { name: headers.get(name.toLowerCase())?.name ?? name, value, origin });
  };
  put("Host", interpolated(variable("http_host")), service.origin);
  put("X-Forwarded-For", interpolated(variable("proxy_add_x_forwarded_for")), service.origin);
  put("X-Forwarded-Host", interpolated(variable("http_host")), service.origin);
  put("X-Forwarded-Proto", interpolated(variable("scheme")), service.origin);
  for (const rule of service.headers) {
    if (rule.on !== "request") continue;
    const value = rule.value ?? "";
    if (rule.action === "remove") put(rule.name, literal(""), rule.origin);
    else if (rule.action === "set") put(rule.name, interpolated(value), rule.origin);
    else put(rule.name, interpolated(variable(appended(context, rule, value))), rule.origin);
  }
  const list = [...headers.values()];
  const own = [
    { name: "Upgrade", value: interpolated(variable("http_upgrade")), origin: service.origin },
    { name: "Connection", value: protocols.http ? interpolated(variable(upgradeVariable(context))) : literal(""), origin: service.origin },
  ].filter((header) => !headers.has(header.name.toLowerCase()));
  return [
    ...(protocols.http ? [table([...list, ...own].map((header) => row("proxy_set_header", [literal(header.name), header.value], header.origin)))] : []),
    ...(protocols.grpc ? [table(list.map((header) => row("grpc_set_header", [literal(header.name), header.value], header.origin)))] : []),
  ];
}

/** The header's own value with another one behind it. */
function appended(context: NginxContext, rule: HeaderRule, value: string): string {
  const source = readableHeader(context, rule.name, rule.origin);
  return sharedPart(context, `append ${source} ${value}`, () => {
    const name = variableName(context, "added", rule.name);
    const rows = [entry(literal("default"), interpolated(variable(source), `, ${value}`)), entry(literal(""), interpolated(value))];
    return { name, nodes: [block("map", [interpolated(variable(source)), interpolated(variable(name))], [table(rows)], rule.origin)] };
  });
}

const ownHeaders = ["server", "date", "connection", "content-type", "content-length", "transfer-encoding"];

/** What the client is sent beyond the member's answer. nginx adds these also to answers of its own. */
export function responseHeaders(context: NginxContext, service: Service, module: "proxy" | "grpc"): readonly Node[] {
  const rules = service.headers.filter((rule) => rule.on === "response");
  return rules.flatMap((rule): readonly Node[] => {
    if (rule.action !== "add" && ownHeaders.includes(rule.name.toLowerCase())) {
      context.parity.differs(ownHeaderStays, rule.origin, { program: context.program, name: rule.name }, `service ${service.name}: header`, "nearest");
    }
    const hide = simple(`${module}_hide_header`, [literal(rule.name)], rule.origin);
    const add = simple("add_header", [literal(rule.name), interpolated(rule.value ?? ""), literal("always")], rule.origin);
    return rule.action === "remove" ? [hide] : rule.action === "set" ? [hide, add] : [add];
  });
}
