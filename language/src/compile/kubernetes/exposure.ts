/** How clients outside the cluster reach a service, and what is lost on the way. */
import type { Service } from "../../model/service.ts";
import { exposeBesideBalancer, serviceNotExposed } from "../../diagnostics/targets-kubernetes.ts";
import { differ } from "./context.ts";
import type { Context } from "./context.ts";
import { gatewayRoutes } from "./gateway.ts";
import { ingressesOf } from "./ingress.ts";
import { secretsNeeded } from "./listener-secrets.ts";
import type { Emission } from "./object.ts";
import { callService } from "./route-words.ts";

/** Routes or Ingresses of a service; nothing where the balancer is what clients reach, and a note where `expose` is none. */
export function exposureOf(context: Context, service: Service): readonly Emission[] {
  const { expose, balancer, origin } = context.target;
  if (balancer !== "none" || expose.kind !== "none") secretsNeeded(context, service);
  if (balancer !== "none") {
    if (expose.kind !== "none") differ(context, exposeBesideBalancer, "dropped", callService(service), origin ?? service.origin, { balancer });
    return [];
  }
  if (expose.kind === "gateway") return gatewayRoutes(context, service, expose.name);
  if (expose.kind === "ingress") return ingressesOf(context, service, expose.className);
  differ(context, serviceNotExposed, "dropped", callService(service), service.origin, { name: service.name });
  return [];
}
