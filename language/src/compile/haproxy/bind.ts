/** `bind` lines and their certificates. */
import { certificateCombined, certificatesTooMany, secretNeedsKubernetes } from "../../diagnostics/targets-balancers.ts";
import type { Origin } from "../../model/policy.ts";
import type { Listener, Service } from "../../model/service.ts";
import type { HaproxyContext } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord } from "./words.ts";
import { word, words } from "./words.ts";

/** One socket of a frontend, with the certificates of all services on it: that of the default service, or of the first, answers without SNI. */
export function bindLine(context: HaproxyContext, entries: readonly { readonly service: Service; readonly listener: Listener }[], layer: "http" | "tcp"): Line {
  const ordered = [...entries].sort((a, b) => Number(a.service.hosts.length > 0) - Number(b.service.hosts.length > 0));
  const first = entries[0]?.listener;
  const secure = ordered.filter(({ listener }) => listener.tls !== undefined);
  const protocols = layer === "tcp" ? "" : entries.some(({ listener }) => listener.http2) ? "alpn h2,http/1.1" : "alpn http/1.1";
  const certificates = [...new Set(secure.flatMap(({ service, listener }) => certificateWord(context, service, listener)))];
  if (certificates.length > mostCertificates && first !== undefined) context.parity.refuse(certificatesTooMany, first.origin, { program: context.program, most: mostCertificates });
  return line([
    word("bind"),
    word(first === undefined ? ":80" : bindAddress(first)),
    ...(secure.length === 0 ? [] : [word("ssl"), ...certificates.flatMap((certificate) => [word("crt"), certificate]), ...(protocols === "" ? [] : words(protocols))]),
    ...(first?.address === "::" ? words("v6only") : []),
  ], first?.origin);
}

/** Two words each; HAProxy reads 64 of a line. */
const mostCertificates = 28;

function bindAddress(listener: Listener): string {
  const { address, port } = listener;
  return address === undefined ? `:${port}` : address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function certificateWord(context: HaproxyContext, service: Service, listener: Listener): readonly HaproxyWord[] {
  const { tls } = listener;
  if (tls === undefined) return [];
  if (tls.kind === "secret") {
    context.parity.refuse(secretNeedsKubernetes, listener.origin, { program: context.program });
    return [];
  }
  return [word(certificatePath(context, tls.certificate, tls.key, listener.origin, `service ${service.name}: tls`))];
}

/** HAProxy finds the key beside the certificate where both have one stem and `global` is ours to say so; else it wants one file with both. */
export function certificatePath(context: HaproxyContext, certificate: string, key: string, origin: Origin, construct: string): string {
  const stem = certificate.replace(/\.[A-Za-z0-9]+$/, "");
  const ownsGlobal = context.target.emit === "all" && context.policy.services.length > 0;
  if (ownsGlobal && certificate === `${stem}.crt` && key === `${stem}.key`) return certificate;
  const path = certificate === `${stem}.pem` ? `${stem}.haproxy.pem` : `${stem}.pem`;
  context.parity.differs(certificateCombined, origin, { program: context.program, path, command: `cat ${certificate} ${key} > ${path}` }, construct, "nearest");
  return path;
}
