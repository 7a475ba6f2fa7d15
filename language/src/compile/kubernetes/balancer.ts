/** The balancer itself in the cluster: the compiled nginx.conf or haproxy.cfg, what runs it, and where clients reach it. */
import type { Origin, Policy } from "../../model/policy.ts";
import type { Listener, Service } from "../../model/service.ts";
import { metadataOf, namespaceOf } from "./context.ts";
import type { Context } from "./context.ts";
import { kubernetesName, sixDigits } from "./names.ts";
import { present } from "./object.ts";
import type { Emission, JsonObject } from "./object.ts";
import { drainSeconds } from "./workload.ts";

export interface Balancer {
  readonly program: "nginx" | "haproxy";
  readonly version: string;
  /** The compiled configuration. */
  readonly text: string;
}

/** Where secrets of listeners are mounted; both programs read certificate and key from files. */
const secretsFolder = "/etc/lbpolicy/tls";

interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** The policy as the balancer's own compiler has to see it: secrets of listeners are the files that are mounted. */
export function withMountedSecrets(policy: Policy): Policy {
  const mounted = (listener: Listener): Listener => (listener.tls?.kind === "secret"
    ? { ...listener, tls: { kind: "files", certificate: `${secretsFolder}/${listener.tls.name}/tls.crt`, key: `${secretsFolder}/${listener.tls.name}/tls.key` } }
    : listener);
  return { ...policy, services: policy.services.map((service) => ({ ...service, listeners: service.listeners.map(mounted) })) };
}

/** ConfigMap, Deployment, Service and PodDisruptionBudget. Two replicas: a balancer must survive its own update. */
export function balancerObjectsOf(context: Context, balancer: Balancer): readonly Emission[] {
  const { policy, target } = context;
  const origin = target.origin ?? policy.services[0]?.origin;
  const ports = portsOf(policy.services);
  if (origin === undefined || ports.length === 0) return [];
  const name = `lb-${balancer.program}`;
  const namespace = namespaceOf(target);
  const selector = { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "balancer" };
  const metadata = metadataOf(target, name, namespace, selector);
  const emit = (manifest: Emission["manifest"], says: string, at: Origin = origin): Emission => ({ manifest, comment: [`balancer ${balancer.program} of ${policy.services.map((service) => `service ${service.name}`).join(", ")}: ${says}`], origin: at, parts: [] });
  return [
    emit({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { [programs[balancer.program].file]: balancer.text } }, "its configuration"),
    emit({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 2,
        revisionHistoryLimit: 3,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: selector },
        template: {
          // Pods do not notice a changed file: its hash in the template makes a change a roll-out.
          metadata: { labels: selector, annotations: { "lbpolicy/configuration": sixDigits(balancer.text) } },
          spec: podSpec(policy, balancer, name, selector, ports),
        },
      },
    }, "what runs it"),
    emit({
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: "LoadBalancer",
        // Keeps the client's address, which limits and hashes are about.
        externalTrafficPolicy: "Local",
        selector,
        ports: ports.map(({ name: portName, port, protocol }) => ({ name: portName, port, targetPort: portName, protocol })),
      },
    }, "where clients reach it"),
    emit({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" } }, "one at a time may be away"),
  ];
}

const programs = {
  nginx: { file: "nginx.conf", folder: "/etc/nginx/nginx.conf", user: 101, arguments: ["nginx", "-g", "daemon off;"] },
  haproxy: { file: "haproxy.cfg", folder: "/usr/local/etc/haproxy/haproxy.cfg", user: 99, arguments: ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"] },
} as const;

function podSpec(policy: Policy, balancer: Balancer, name: string, selector: JsonObject, ports: readonly Port[]): JsonObject {
  const program = programs[balancer.program];
  const [first] = ports.filter((port) => port.protocol === "TCP");
  const secrets = [...new Set(policy.services.flatMap((service) => service.listeners.flatMap((listener) => (listener.tls?.kind === "secret" ? [listener.tls.name] : []))))];
  const longest = Math.max(0, ...policy.backends.map((backend) => Math.max(backend.timeouts.readSeconds, backend.timeouts.sendSeconds)));
  const writable = balancer.program === "nginx" ? ["/var/cache/nginx", "/run", "/tmp"] : ["/tmp"];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: drainSeconds + Math.ceil(longest),
    securityContext: {
      runAsNonRoot: true, runAsUser: program.user, runAsGroup: program.user, fsGroup: program.user, seccompProfile: { type: "RuntimeDefault" },
      // Ports below 1024 without being root.
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
    },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: selector } }],
    containers: [present({
      name,
      image: `${balancer.program}:${balancer.version}`,
      command: program.arguments,
      ports: ports.map(({ name: portName, port, protocol }) => ({ name: portName, containerPort: port, protocol })),
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      readinessProbe: first === undefined ? undefined : { tcpSocket: { port: first.name }, periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 2 },
      lifecycle: { preStop: { exec: { command: ["sleep", String(drainSeconds)] } } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      volumeMounts: [
        { name: "configuration", mountPath: program.folder, subPath: program.file, readOnly: true },
        ...writable.map((path) => ({ name: volumeName(path), mountPath: path })),
        ...secrets.map((secret) => ({ name: secretVolume(secret), mountPath: `${secretsFolder}/${secret}`, readOnly: true })),
      ],
    })],
    volumes: [
      { name: "configuration", configMap: { name } },
      ...writable.map((path) => ({ name: volumeName(path), emptyDir: {} })),
      ...secrets.map((secret) => ({ name: secretVolume(secret), secret: { secretName: secret } })),
    ],
  };
}

function volumeName(path: string): string {
  return path.slice(1).replaceAll("/", "-");
}

function secretVolume(secret: string): string {
  return kubernetesName(`tls-${secret.replaceAll(".", "-")}`);
}

/** Listeners that clients in other pods can reach, each port once. */
function portsOf(services: readonly Service[]): readonly Port[] {
  const ports = new Map<string, Port>();
  for (const service of services) {
    const protocols = new Set([...service.to, ...service.routes.flatMap((route) => route.to)].map((destination) => destination.backend.protocol));
    const transport = protocols.has("udp") ? "UDP" : "TCP";
    for (const listener of service.listeners) {
      const application = protocols.has("udp") ? "udp" : protocols.has("tcp") ? "tcp" : listener.tls === undefined ? "http" : "https";
      if (listener.address !== undefined && /^(127\.|::1$)/.test(listener.address)) continue;
      ports.set(`${transport} ${listener.port}`, { name: `${application}-${listener.port}`, port: listener.port, protocol: transport });
    }
  }
  return [...ports.values()];
}
