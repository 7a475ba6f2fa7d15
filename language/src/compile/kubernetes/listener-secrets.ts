/** Certificates of listeners: in the cluster they are Secrets. */
import { certificateNeedsSecret } from "../../diagnostics/targets-kubernetes.ts";
import type { Service } from "../../model/service.ts";
import type { Context } from "./context.ts";
import { refuse } from "./context.ts";
import { kubernetesName } from "./names.ts";

/** Refuses listeners whose certificate is named by files, where the service is reached through the cluster. */
export function secretsNeeded(context: Context, service: Service): void {
  for (const { tls, origin } of service.listeners) {
    if (tls?.kind === "files") refuse(context, certificateNeedsSecret, origin, { secret: kubernetesName(service.name) });
  }
}
