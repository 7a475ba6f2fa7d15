/** A policy as Kubernetes manifests. */
import { report } from "../../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { invalidManifest, nameCollision, nameCut, workloadMissing } from "../../diagnostics/targets-kubernetes.ts";
import { isElastic } from "../../model/policy.ts";
import type { Backend, Origin, Policy } from "../../model/policy.ts";
import { defaultHaproxy, defaultKubernetes, defaultNginx } from "../../model/target.ts";
import type { KubernetesTarget } from "../../model/target.ts";
import { checkTexts } from "../emit/check-texts.ts";
import { headLines } from "../emit/head.ts";
import { createParity } from "../emit/parity.ts";
import { compileHaproxy } from "../haproxy/compile-haproxy.ts";
import { compileNginx } from "../nginx/compile-nginx.ts";
import type { CompileResult } from "../result.ts";
import { autoscalerOf } from "./autoscaler.ts";
import { balancerObjectsOf, withMountedSecrets } from "./balancer.ts";
import { callBackend, differ } from "./context.ts";
import type { Context } from "./context.ts";
import { differenceOf } from "./emitted.ts";
import { exposureOf } from "./exposure.ts";
import { fixedObjectsOf } from "./fixed.ts";
import { kustomizationOf, objectFiles } from "./files.ts";
import { kubernetesName, longestName } from "./names.ts";
import type { Emission, Manifest } from "./object.ts";
import { alertsOf } from "./monitoring.ts";
import { printEmission } from "./print.ts";
import { scheduleJobsOf } from "./schedule-jobs.ts";
import { disruptionBudgetOf, servicesOf } from "./service.ts";
import { constantBounds } from "./shifts.ts";
import { validateManifest } from "./validate.ts";
import { deploymentOf } from "./workload.ts";

/**
 * Compiles every backend in file order. Every manifest is validated before it is returned: what Kubernetes would refuse is an
 * error at the policy, and the text is then empty.
 */
export function compileKubernetes(policy: Policy): CompileResult {
  const parity = createParity("kubernetes");
  const context: Context = { policy, target: kubernetesTarget(policy), parity, differenceOf: (backend, question) => differenceOf(context, backend, question) };
  checkTexts(policy, parity);
  const balancer = balancerOf(context);
  const emissions = [
    ...policy.backends.flatMap((backend) => backendObjects(context, backend)),
    ...(balancer?.objects ?? []),
    ...(context.target.emit === "autoscaling" ? [] : policy.services.flatMap((service) => exposureOf(context, service))),
  ];
  const diagnostics = [...parity.diagnostics, ...(balancer?.result.diagnostics ?? []), ...collisions(emissions), ...emissions.flatMap(refusals)];
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error") || emissions.length === 0) {
    return { target: "kubernetes", text: "", lineOrigins: [], files: [], notes: parity.notes, diagnostics };
  }
  const head = headLines(policy, parity.notes.filter((note) => note.fidelity !== "information")).map((line) => (line === "" ? "#" : `# ${line}`));
  let output: Output | undefined;
  const printed = (): Output => (output ??= outputOf(emissions, head));
  return {
    target: "kubernetes", notes: [...parity.notes, ...(balancer?.result.notes ?? [])], diagnostics,
    get text() { return printed().text; },
    get lineOrigins() { return printed().lineOrigins; },
    get files() { return printed().files; },
  };
}

type Output = Pick<CompileResult, "text" | "lineOrigins" | "files">;

function outputOf(emissions: readonly Emission[], head: readonly string[]): Output {
  const lines: string[] = [];
  const lineOrigins: (Origin | undefined)[] = [];
  const write = (text: string, origins: readonly (Origin | undefined)[]): void => {
    lines.push(text);
    for (const origin of origins) lineOrigins.push(origin);
  };
  write(`${head.join("\n")}\n`, head.map(() => undefined));
  const printed = emissions.map(printEmission);
  for (const [i, one] of printed.entries()) {
    write("---\n", [emissions[i]?.origin]);
    write(one.text, one.lineOrigins);
  }
  const files = objectFiles(emissions, printed.map((one) => one.text), head);
  return { text: lines.join(""), lineOrigins, files: [...files, kustomizationOf(files, head)] };
}

function kubernetesTarget(policy: Policy): KubernetesTarget {
  return policy.targets.find((target) => target.kind === "kubernetes") ?? defaultKubernetes;
}

/** What schedules hold at all times is what the pool's own bounds say: no job would ever come to set it. */
function withConstantSchedules(context: Context, backend: Backend): Backend {
  const { scale } = backend;
  const always = scale === undefined || scale.schedules.length === 0 || context.target.schedules !== "cronjob" ? undefined : constantBounds(scale);
  if (scale === undefined || always === undefined || (always.min === scale.min && always.max === scale.max)) return backend;
  return { ...backend, scale: { ...scale, ...always, schedules: [] } };
}

function backendObjects(context: Context, declared: Backend): readonly Emission[] {
  const backend = withConstantSchedules(context, declared);
  sayNames(context, backend);
  if (!isElastic(backend)) return context.target.emit === "autoscaling" ? [] : fixedObjectsOf(context, backend);
  if (backend.workload === undefined) {
    differ(context, workloadMissing, "dropped", callBackend(backend), backend.origin, { name: callBackend(backend) });
    return [];
  }
  const autoscaler = autoscalerOf(context, backend);
  const jobs = context.target.schedules === "cronjob" ? scheduleJobsOf(context, backend, autoscaler?.manifest) : [];
  const isMoved = autoscaler !== undefined || jobs.length > 0;
  const running = context.target.emit === "autoscaling" ? [] : [deploymentOf(context, backend, isMoved ? "elsewhere" : "here"), ...servicesOf(context, backend)];
  const budget = context.target.emit === "autoscaling" ? undefined : disruptionBudgetOf(context, backend);
  return [...running, budget, autoscaler, ...jobs, alertsOf(context, backend, autoscaler?.manifest)].filter((emission) => emission !== undefined);
}

/** The configuration compiled by its own compiler, for the version that its own target names. */
function balancerOf(context: Context): { readonly result: CompileResult; readonly objects: readonly Emission[] } | undefined {
  const { policy, target } = context;
  const program = target.balancer;
  if (program === "none" || target.emit === "autoscaling" || policy.services.length === 0) return undefined;
  const mounted = withMountedSecrets(policy);
  const result = program === "nginx" ? compileNginx(mounted) : compileHaproxy(mounted);
  const version = policy.targets.find((one) => one.kind === program)?.version ?? (program === "nginx" ? defaultNginx : defaultHaproxy).version;
  return { result, objects: result.text === "" ? [] : balancerObjectsOf(context, { program, version, text: result.text }) };
}

function sayNames(context: Context, backend: Backend): void {
  const derived = kubernetesName(backend.name);
  if (backend.name.length > longestName || derived.length < backend.name.length) {
    differ(context, nameCut, "information", callBackend(backend), backend.origin, { name: callBackend(backend), derived, longest: longestName });
  }
}

/** `Service "shop" in "prod"`. */
export function callObject(manifest: Manifest): string {
  const namespace = manifest.metadata["namespace"];
  return `${manifest.kind} "${manifest.metadata.name}"${typeof namespace === "string" ? ` in "${namespace}"` : ""}`;
}

function collisions(emissions: readonly Emission[]): readonly Diagnostic[] {
  const first = new Map<string, Emission>();
  const found: Diagnostic[] = [];
  for (const emission of emissions) {
    const object = callObject(emission.manifest);
    const other = first.get(object);
    if (other === undefined) first.set(object, emission);
    else found.push(report(nameCollision, emission.origin, { object, other: other.comment[0] ?? "" }, { related: [{ location: other.origin, message: "The other one comes from here." }] }));
  }
  return found;
}

function refusals(emission: Emission): readonly Diagnostic[] {
  return validateManifest(emission.manifest).map(({ path, problem }) => {
    const part = [...emission.parts].sort((a, b) => b[0].length - a[0].length).find(([pointer]) => path === pointer || path.startsWith(`${pointer}/`));
    return report(invalidManifest, part?.[1] ?? emission.origin, { object: callObject(emission.manifest), path: path.slice(1).replaceAll("/", "."), problem });
  });
}
