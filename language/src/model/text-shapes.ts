/** What a string may be where it becomes a name in an output. Each function gives the reason why a text is none, or nothing. */
import type { Extras } from "../diagnostics/diagnostic.ts";
import * as values from "../diagnostics/values.ts";
import type { Value } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import { hostProblem, ipv4Problem, isIpv6, networkAround, readPort } from "./address.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Fields } from "./fields.ts";
import { rangeOfField, textOf } from "./fields.ts";

export type Shape = (text: string) => string | undefined;

/** The field's text where it has the shape; `what` begins the message: "A namespace". */
export function shapedText(context: Context, fields: Fields, label: string, what: string, shape: Shape): string | undefined {
  const text = textOf(context, fields, label);
  const reason = text === undefined ? undefined : shape(text);
  const range = rangeOfField(fields, label);
  if (text === undefined || reason === undefined || range === undefined) return text;
  return complain(context, values.badText, range, { what, text, reason }, repaired(context, fieldOf(fields, label)?.value, text, shape));
}

/** The network that an address with bits behind its prefix lies in. */
export function networkFix(context: Context, value: Value | undefined, text: string): Extras {
  const nearest = networkAround(text);
  if (value?.type !== "string" || nearest === undefined) return {};
  return { fixes: [{ title: `Write "${nearest}"`, file: context.file, edits: [{ range: value.range, text: `"${nearest}"` }] }] };
}

/** Slips that say the same to another tool: spaces around it, capitals, a web address for a host, its scheme left out, a path without its `/`. */
const repairs: readonly ((text: string) => string)[] = [
  (text) => text.trim(),
  (text) => text.toLowerCase(),
  (text) => (/^[a-z]+:\/\//i.test(text) ? text.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/, "") : text),
  (text) => text.replace(/^https?:\/\//i, "").replace(/\/$/, "").replace(/:\d+$/, ""),
  (text) => `http://${text}`,
  (text) => `/${text}`,
];

/** The first slip whose repair gives the text its shape, as a fix; only where the text itself stands there, not a param that holds it. */
export function repaired(context: Context, value: Value | undefined, text: string, shape: Shape): Extras {
  if (value?.type !== "string" || text.trim() === "") return {};
  const better = repairs.map((repair) => repair(text)).find((candidate) => candidate !== text && candidate !== "" && shape(candidate) === undefined);
  if (better === undefined || /["\\\p{C}]/u.test(better)) return {};
  return { fixes: [{ title: `Write "${better}"`, file: context.file, edits: [{ range: value.range, text: `"${better}"` }] }] };
}

function pattern(expression: RegExp, reason: string): Shape {
  return (text) => (expression.test(text) ? undefined : reason);
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** RFC 9110, section 5.6.2. */
export const headerName = pattern(token, "it holds only letters, digits and !#$%&'*+-.^_`|~");
/** RFC 6265, section 4.1.1. */
export const cookieName = pattern(token, "it holds only letters, digits and !#$%&'*+-.^_`|~");
export const queryName = pattern(/^[A-Za-z0-9._~-]+$/, "it holds only letters, digits and .-_~");
export const notEmpty = pattern(/\S/, "there is nothing in it");
export const webAddress = pattern(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, 'it begins with http:// or https://, such as "http://prometheus.monitoring:9090"');
export const image = pattern(/^[\w.:@/-]*[\w]$/, 'it is a name without spaces, such as "registry.example.com/web:1.4"');

/** RFC 1123 label: a namespace. */
export const dnsLabel: Shape = (text) => (text.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text) ? undefined : "it is at most 63 lower-case letters, digits and -, with a letter or digit at both ends");

/** RFC 1123 subdomain: most names of Kubernetes objects. */
export const dnsSubdomain: Shape = (text) => (text.length <= 253 && text.split(".").every((part) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part))
  ? undefined : "it is at most 253 lower-case letters, digits, - and ., with a letter or digit at both ends of each part");

/** The `[PREFIX/]NAME` of a label or an annotation. */
export const qualifiedName: Shape = (text) => {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > 2) return "it has at most one /";
  if (parts.length === 2 && dnsSubdomain(parts[0] ?? "") !== undefined) return "what stands before its / is a domain in lower case";
  return name.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) ? undefined : "it is at most 63 letters, digits, -, _ and ., with a letter or digit at both ends";
};

export const labelValue: Shape = (text) => (text === "" || (text.length <= 63 && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text))
  ? undefined : "it is at most 63 letters, digits, -, _ and ., with a letter or digit at both ends");

/** A key of a Secret or a ConfigMap. */
export const objectKey: Shape = (text) => (text.length <= 253 && /^[A-Za-z0-9._-]+$/.test(text) && text !== "." && !text.startsWith("..") ? undefined : "it is at most 253 letters, digits, -, _ and .");

/** A path of a request. */
export const requestPath = pattern(/^\//, "it begins with /");

/** A host name, perhaps with `*.` for every name below it. */
export const serviceHost: Shape = (text) => hostProblem(text.startsWith("*.") ? text.slice(2) : text);

/** A host name or an IP address, perhaps with a port: what a Host header holds. */
export const hostHeader: Shape = (text) => {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  if (match === null) return "it is a host name or an address, perhaps with a port";
  const host = match[1] ?? "";
  const port = match[2] === undefined ? 1 : readPort(match[2]);
  if (typeof port === "string") return port;
  if (host.startsWith("[")) return isIpv6(host.slice(1, -1)) ? undefined : "there is no IPv6 address in the brackets";
  return ipv4Problem(host) === undefined ? undefined : hostProblem(host);
};

/** The name that a certificate must have. */
export const certificateName: Shape = (text) => (ipv4Problem(text) === undefined || isIpv6(text) ? undefined : hostProblem(text));

/** `[NAMESPACE/]NAME` of a Gateway. */
export const gatewayName: Shape = (text) => {
  const parts = text.split("/");
  if (parts.length > 2) return "it is NAME or NAMESPACE/NAME";
  return (parts.length === 2 ? dnsLabel(parts[0] ?? "") : undefined) ?? dnsSubdomain(parts.at(-1) ?? "");
};
