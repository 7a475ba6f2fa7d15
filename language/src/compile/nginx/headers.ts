/** Request and response headers, and the variables in which nginx shows them. */
import { ownHeaderStays, textTooLong, unsayableName } from "../../diagnostics/targets-balancers.ts";
import type { Origin } from "../../model/policy.ts";
import type { Service } from "../../model/service.ts";
import type { NginxArgument, Variable } from "./arguments.ts";
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

/** What a header holds when it is sent: one of nginx's variables, or what the client sent, and the policy's values behind it. */
interface HeaderState {
  readonly name: string;
  readonly base: Variable | "of the client" | "nothing";
  readonly values: readonly string[];
  readonly origin: Origin;
}

/** What every member is sent: who asked, for which host, over what; and what the policy sets, adds or removes, in its order. */
export function requestHeaders(context: NginxContext, service: Service, protocols: { readonly http: boolean; readonly grpc: boolean }): readonly Node[] {
  const states = new Map<string, HeaderState>();
  const own = (name: string, base: Variable): void => {
    states.set(name.toLowerCase(), { name, base, values: [], origin: service.origin });
  };
  own("Host", variable("http_host"));
  own("X-Forwarded-For", variable("proxy_add_x_forwarded_for"));
  own("X-Forwarded-Host", variable("http_host"));
  own("X-Forwarded-Proto", variable("scheme"));
  for (const rule of service.headers) {
    if (rule.on !== "request") continue;
    const key = rule.name.toLowerCase();
    const before: HeaderState = states.get(key) ?? { name: rule.name, base: "of the client", values: [], origin: rule.origin };
    const value = rule.value ?? "";
    if (rule.action === "add") states.set(key, { ...before, values: value === "" ? before.values : [...before.values, value], origin: rule.origin });
    else states.set(key, { name: before.name, base: "nothing", values: rule.action === "remove" || value === "" ? [] : [value], origin: rule.origin });
  }
  const list = [...states.values()].map((state) => ({ name: state.name, value: headerValue(context, state), origin: state.origin }));
  if (protocols.grpc) for (const state of states.values()) checkGrpcName(context, state.name, state.origin);
  const connection = [
    { name: "Upgrade", value: interpolated(variable("http_upgrade")), origin: service.origin },
    { name: "Connection", value: protocols.http ? interpolated(variable(upgradeVariable(context))) : literal(""), origin: service.origin },
  ].filter((header) => !states.has(header.name.toLowerCase()));
  return [
    ...(protocols.http ? [table([...list, ...connection].map((header) => row("proxy_set_header", [literal(header.name), header.value], header.origin)))] : []),
    ...(protocols.grpc ? [table(list.map((header) => row("grpc_set_header", [literal(header.name), header.value], header.origin)))] : []),
  ];
}

/** The gRPC module hashes names into buckets of 64 bytes, of which 46 are left, and has no directive for larger ones. */
const longestGrpcName = 46;

function checkGrpcName(context: NginxContext, name: string, origin: Origin): void {
  if (name.length > longestGrpcName) context.parity.refuse(textTooLong, origin, { program: context.program, bytes: name.length, most: longestGrpcName });
}

function headerValue(context: NginxContext, state: HeaderState): NginxArgument {
  const values = state.values.join(", ");
  if (state.base === "of the client") return interpolated(variable(appended(context, state, values)));
  if (state.base === "nothing") return interpolated(values);
  return values === "" ? interpolated(state.base) : interpolated(state.base, `, ${values}`);
}

/** The client's own value with others behind it. */
function appended(context: NginxContext, state: HeaderState, values: string): string {
  const source = readableHeader(context, state.name, state.origin);
  if (values === "") return source;
  return sharedPart(context, `append ${source} ${values}`, () => {
    const name = variableName(context, "added", state.name);
    const rows = [entry(literal("default"), interpolated(variable(source), `, ${values}`)), entry(literal(""), interpolated(values))];
    return { name, nodes: [block("map", [interpolated(variable(source)), interpolated(variable(name))], [table(rows)], state.origin)] };
  });
}

const ownHeaders = ["server", "date", "connection", "content-type", "content-length", "transfer-encoding"];

/** What the client is sent beyond the member's answer. nginx adds these also to answers of its own. */
export function responseHeaders(context: NginxContext, service: Service, module: "proxy" | "grpc"): readonly Node[] {
  const rules = service.headers.filter((rule) => rule.on === "response");
  return rules.flatMap((rule): readonly Node[] => {
    if (module === "grpc") checkGrpcName(context, rule.name, rule.origin);
    if (rule.action !== "add" && ownHeaders.includes(rule.name.toLowerCase())) {
      context.parity.differs(ownHeaderStays, rule.origin, { program: context.program, name: rule.name }, `service ${service.name}: header`, "nearest");
    }
    const hide = simple(`${module}_hide_header`, [literal(rule.name)], rule.origin);
    const add = simple("add_header", [literal(rule.name), interpolated(rule.value ?? ""), literal("always")], rule.origin);
    return rule.action === "remove" ? [hide] : rule.action === "set" ? [hide, add] : [add];
  });
}
