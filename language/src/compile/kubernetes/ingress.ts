/** Services as Ingress. */
import type { Destination, Service } from "../../model/service.ts";
import { routeUnsupported, splitUnsupported } from "../../diagnostics/targets-kubernetes.ts";
import { callBackend, differ, metadataOf, namespaceOf } from "./context.ts";
import type { Context } from "./context.ts";
import { referencesOf } from "./destinations.ts";
import { kubernetesName } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, JsonObject } from "./object.ts";
import { callService, sayPrefixes, sayWhatRoutesIgnore } from "./route-words.ts";

export function ingressesOf(context: Context, service: Service, className: string): readonly Emission[] {
  const protocols = new Set([...service.to, ...service.routes.flatMap((route) => route.to)].map((destination) => destination.backend.protocol));
  if (protocols.has("tcp") || protocols.has("udp")) {
    differ(context, routeUnsupported, "dropped", callService(service), service.origin, { what: "tcp or udp", kind: "An Ingress", instead: `${callService(service)} is left out` });
    return [];
  }
  sayWhatRoutesIgnore(context, service, "An Ingress");
  if (service.headers.length > 0) differ(context, routeUnsupported, "dropped", `${callService(service)}: header`, service.origin, { what: "header", kind: "An Ingress", instead: "write expose gateway \"NAME\" or balancer nginx" });
  const paths = pathsOf(context, service);
  if (paths.length === 0) return [];
  const hosts: readonly (string | undefined)[] = service.hosts.length === 0 ? [undefined] : service.hosts.map((host) => host.toLowerCase());
  const secrets = [...new Set(service.listeners.flatMap((listener) => (listener.tls?.kind === "secret" ? [listener.tls.name] : [])))];
  return [{
    manifest: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: metadataOf(context.target, kubernetesName(service.name), namespaceOf(context.target), { "app.kubernetes.io/name": kubernetesName(service.name) }),
      spec: present({
        ingressClassName: className,
        tls: secrets.length === 0 ? undefined : secrets.map((secretName) => present({ hosts: service.hosts.length === 0 ? undefined : service.hosts.map((host) => host.toLowerCase()), secretName })),
        rules: hosts.map((host) => present({ host, http: { paths } })),
      }),
    },
    comment: [`${callService(service)}: its routes through the ingress class ${className}`],
    origin: service.origin,
    parts: [],
  }];
}

function pathsOf(context: Context, service: Service): readonly JsonObject[] {
  if (service.routes.length === 0) return pathOf(context, service, "/", "Prefix", service.to);
  return service.routes.flatMap((route) => {
    if (route.method !== undefined || route.header !== undefined) {
      differ(context, routeUnsupported, "dropped", `${callService(service)}: route ${route.path}`, route.origin, { what: route.method === undefined ? "header" : "method", kind: "A path of an Ingress", instead: "the route is left out" });
      return [];
    }
    if (route.match === "prefix") sayPrefixes(context, service, route, "An Ingress");
    return pathOf(context, service, route.path, { exact: "Exact", prefix: "Prefix", regex: "ImplementationSpecific" }[route.match], route.to);
  });
}

/** The whole path to the destination with the largest share. */
function pathOf(context: Context, service: Service, path: string, pathType: string, to: readonly Destination[]): readonly JsonObject[] {
  const [largest] = [...to].sort((a, b) => (b.share ?? 0) - (a.share ?? 0));
  if (largest === undefined) return [];
  if (to.length > 1) differ(context, splitUnsupported, "nearest", `${callService(service)}: route ${path}`, largest.origin, { path, backend: callBackend(largest.backend) });
  const [reference] = referencesOf(context, service, [largest]);
  if (reference === undefined) return [];
  if (reference.namespace !== namespaceOf(context.target)) {
    differ(context, routeUnsupported, "dropped", `${callService(service)}: route ${path}`, largest.origin, { what: "way into another namespace", kind: "An Ingress", instead: "the route is left out" });
    return [];
  }
  return [{ path, pathType, backend: { service: { name: reference.name, port: { number: reference.port } } } }];
}
