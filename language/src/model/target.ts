/** The `target` blocks of the resolved policy. */
import type { Origin } from "./policy.ts";
import type { BuiltinMetric } from "./scaling.ts";

export const targetNames = ["nginx", "haproxy", "kubernetes"] as const;
export type TargetName = (typeof targetNames)[number];

export interface NginxTarget {
  readonly kind: "nginx";
  readonly version: string;
  readonly resolver?: string;
  readonly emit: "all" | "http" | "upstreams";
  readonly origin?: Origin;
}

export interface HaproxyTarget {
  readonly kind: "haproxy";
  readonly version: string;
  readonly resolver?: string;
  readonly emit: "all" | "backends";
  readonly origin?: Origin;
}

export interface KubernetesTarget {
  readonly kind: "kubernetes";
  readonly version: string;
  readonly namespace?: string;
  readonly emit: "all" | "autoscaling";
  readonly schedules: "cronjob" | "keda";
  readonly autoscaler: "hpa" | "keda";
  readonly pollSeconds?: number;
  readonly expose: { readonly kind: "none" } | { readonly kind: "gateway"; readonly name: string } | { readonly kind: "ingress"; readonly className: string };
  readonly balancer: "none" | "nginx" | "haproxy";
  readonly monitoring: boolean;
  /** Names under which built-in metrics are served. */
  readonly metricNames: readonly { readonly metric: BuiltinMetric; readonly name: string }[];
  readonly labels: readonly (readonly [string, string])[];
  readonly annotations: readonly (readonly [string, string])[];
  readonly origin?: Origin;
}

export type Target = NginxTarget | HaproxyTarget | KubernetesTarget;

export const defaultNginx: NginxTarget = { kind: "nginx", version: "1.22", emit: "all" };
export const defaultHaproxy: HaproxyTarget = { kind: "haproxy", version: "2.6", emit: "all" };
export const defaultKubernetes: KubernetesTarget = {
  kind: "kubernetes", version: "1.33", emit: "all", schedules: "cronjob", autoscaler: "hpa", expose: { kind: "none" },
  balancer: "none", monitoring: false, metricNames: [], labels: [], annotations: [],
};

/** `1.22` → [1, 22]; missing parts are 0. */
export function versionParts(version: string): readonly number[] {
  return version.split(".").map(Number);
}

/** True where `version` is at least `least`, part by part. */
export function isAtLeast(version: string, least: string): boolean {
  const have = versionParts(version);
  const want = versionParts(least);
  for (let i = 0; i < Math.max(have.length, want.length); i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
