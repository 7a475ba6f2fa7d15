/** The same objects as a folder: one file each and a kustomization. */
import type { CompiledFile } from "../result.ts";
import type { Emission } from "./object.ts";

/** Numbers that put the files in the order in which they should be applied. */
const ranks: Readonly<Record<string, number>> = {
  ConfigMap: 10, Deployment: 20, Service: 30, EndpointSlice: 31, PodDisruptionBudget: 40, HorizontalPodAutoscaler: 50, ScaledObject: 50,
  ServiceAccount: 60, Role: 61, RoleBinding: 62, CronJob: 63, HTTPRoute: 70, GRPCRoute: 70, TCPRoute: 70, Ingress: 70, PrometheusRule: 80,
};

/** `20-deployment-shop.yaml`, sorted. Where two namespaces hold the same name, the second file is numbered. */
export function objectFiles(emissions: readonly Emission[], texts: readonly string[], head: readonly string[]): readonly CompiledFile[] {
  const used = new Set<string>();
  const files = emissions.map(({ manifest }, i) => {
    const stem = `${ranks[manifest.kind] ?? 90}-${manifest.kind.toLowerCase()}-${manifest.metadata.name}`;
    let name = stem;
    for (let count = 2; used.has(name); count++) name = `${stem}-${count}`;
    used.add(name);
    return { name: `${name}.yaml`, text: `${shortHead(head)}${texts[i] ?? ""}` };
  });
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function kustomizationOf(files: readonly CompiledFile[], head: readonly string[]): CompiledFile {
  const resources = files.map((file) => `  - "${file.name}"\n`).join("");
  return { name: "kustomization.yaml", text: `${head.join("\n")}\napiVersion: "kustomize.config.k8s.io/v1beta1"\nkind: "Kustomization"\nresources:\n${resources}` };
}

/** The mark and the tool's version; what differs from the policy stands once, in the kustomization. */
function shortHead(head: readonly string[]): string {
  return `${head.slice(0, 3).join("\n")}\n`;
}
