/** A pool's schedules as CronJobs that set its bounds, with the rights to do so and no others. */
import type { Backend, Scale } from "../../model/policy.ts";
import { dateOutside, datesRepeat, scheduleUseless, sizeStays } from "../../diagnostics/targets-kubernetes.ts";
import type { LocalDate, Schedule } from "../../model/scaling.ts";
import { versionParts } from "../../model/target.ts";
import { callBackend, differ, metadataOf, namespaceOf, selectorOf } from "./context.ts";
import type { Context } from "./context.ts";
import { aYearLater, later } from "./difference.ts";
import { kubernetesName, longestCronJobName } from "./names.ts";
import type { Emission, JsonObject, Manifest } from "./object.ts";
import { workloadReference } from "./workload-reference.ts";
import { shiftsOf } from "./shifts.ts";
import type { Shift, Shifts } from "./shifts.ts";

/** The object whose numbers the jobs set, and the fields in which it holds them. */
export interface Owner {
  readonly apiGroup: string;
  readonly resource: string;
  readonly name: string;
  readonly minField: string;
  /** Undefined where there is only one number. */
  readonly maxField?: string;
}

/** The ServiceAccount, Role, RoleBinding and CronJobs; nothing where no schedule changes a bound. `autoscaler` is the pool's, where one was made. */
export function scheduleJobsOf(context: Context, backend: Backend, autoscaler: Manifest | undefined): readonly Emission[] {
  const scale = backend.scale;
  if (scale === undefined || scale.schedules.length === 0) return [];
  const owner = ownerOf(backend, autoscaler);
  const shifts = shiftsOf(scale, owner.maxField === undefined ? "size" : "bounds");
  if (shifts.shifts.length === 0) {
    for (const schedule of scale.schedules) differ(context, scheduleUseless, "dropped", `${callBackend(backend)}: schedule ${schedule.name}`, schedule.origin, { schedule: `schedule ${schedule.name}` });
    return [];
  }
  sayWhatRepeats(context, backend, scale, shifts);
  if (owner.maxField === undefined) sayWhatStays(context, backend, scale, shifts);
  const names = jobNames(backend, shifts.shifts);
  return [
    ...rightsOf(context, backend, scale, owner),
    ...shifts.shifts.map((shift, i) => cronJob(context, backend, owner, shift, shifts, names[i] ?? "")),
  ];
}

/** Where an autoscaler was made it holds the bounds; else the workload's own number follows them. */
function ownerOf(backend: Backend, autoscaler: Manifest | undefined): Owner {
  if (autoscaler?.kind === "ScaledObject") {
    return { apiGroup: "keda.sh", resource: "scaledobjects", name: autoscaler.metadata.name, minField: "minReplicaCount", maxField: "maxReplicaCount" };
  }
  if (autoscaler !== undefined) return { apiGroup: "autoscaling", resource: "horizontalpodautoscalers", name: autoscaler.metadata.name, minField: "minReplicas", maxField: "maxReplicas" };
  const { apiVersion, kind, name: workloadName } = workloadReference(backend);
  return { apiGroup: apiVersion.split("/")[0] ?? "apps", resource: `${kind.toLowerCase()}s`, name: workloadName, minField: "replicas" };
}

function rightsOf(context: Context, backend: Backend, scale: Scale, owner: Owner): readonly Emission[] {
  const name = accountName(backend);
  const namespace = namespaceOf(context.target, backend);
  const metadata = metadataOf(context.target, name, namespace, selectorOf(backend));
  const origin = scale.schedules[0]?.origin ?? scale.origin;
  const called = scale.schedules.map((schedule) => schedule.name).join(", ");
  const emit = (manifest: Emission["manifest"], says: string): Emission => ({ manifest, comment: [`schedule ${called} of ${callBackend(backend)}: ${says}`], origin, parts: [] });
  return [
    emit({ apiVersion: "v1", kind: "ServiceAccount", metadata }, "who sets the bounds"),
    emit({
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata,
      rules: [{ apiGroups: [owner.apiGroup], resources: [owner.resource], resourceNames: [owner.name], verbs: ["get", "patch"] }],
    }, "may change this one object and nothing else"),
    emit({
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    }, "the one has the other"),
  ];
}

function cronJob(context: Context, backend: Backend, owner: Owner, shift: Shift, shifts: Shifts, name: string): Emission {
  const namespace = namespaceOf(context.target, backend);
  const metadata = metadataOf(context.target, name, namespace, selectorOf(backend));
  const patch = JSON.stringify({ spec: { [owner.minField]: shift.bounds.min, ...(owner.maxField === undefined ? {} : { [owner.maxField]: shift.bounds.max }) } });
  const [first] = shift.edges;
  return {
    manifest: {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata,
      spec: {
        schedule: shift.cron,
        timeZone: shift.timezone,
        concurrencyPolicy: "Forbid",
        // Late is better than never, but not so late that the next change has come.
        startingDeadlineSeconds: Math.max(30, Math.min(600, shifts.shortestMinutes * 60 - 30)),
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 3,
            activeDeadlineSeconds: 120,
            ttlSecondsAfterFinished: 3600,
            // No name label: the pods of a job are no members of the backend.
            template: { metadata: { labels: { "app.kubernetes.io/managed-by": "lbpolicy" } }, spec: jobPod(context, backend, owner, patch, namespace) },
          },
        },
      },
    },
    comment: [`${describeEdges(shift)} of ${callBackend(backend)}: ${describeBounds(shift, owner)}; safe to run twice`],
    origin: first?.schedule.origin ?? backend.origin,
    parts: [],
  };
}

function jobPod(context: Context, backend: Backend, owner: Owner, patch: string, namespace: string): JsonObject {
  const [major, minor] = versionParts(context.target.version);
  return {
    serviceAccountName: accountName(backend),
    restartPolicy: "OnFailure",
    securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{
      name: "patch",
      image: `registry.k8s.io/kubectl:v${major ?? 1}.${minor ?? 33}.0`,
      command: ["kubectl"],
      args: ["patch", `${owner.resource}.${owner.apiGroup}/${owner.name}`, `--namespace=${namespace}`, "--type=merge", `--patch=${patch}`],
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    }],
  };
}

function accountName(backend: Backend): string {
  return kubernetesName(`${backend.name}-schedule`);
}

/** `POOL-SCHEDULE-begin` and `-end` where a job stands for one side of one schedule, else `POOL-schedule`; equal ones are numbered. */
function jobNames(backend: Backend, shifts: readonly Shift[]): readonly string[] {
  const used = new Set<string>();
  return shifts.map((shift) => {
    const sides = new Set(shift.edges.map((edge) => `${edge.schedule.name}-${edge.side}`));
    const [only] = sides;
    const wanted = `${backend.name}-${sides.size === 1 && only !== undefined ? only : "schedule"}`;
    let name = kubernetesName(wanted, longestCronJobName);
    for (let i = 2; used.has(name); i++) name = kubernetesName(`${wanted}-${i}`, longestCronJobName);
    used.add(name);
    return name;
  });
}

function describeEdges(shift: Shift): string {
  const sides = [...new Set(shift.edges.map((edge) => `schedule ${edge.schedule.name} ${edge.side === "begin" ? "begins" : "ends"}`))];
  return sides.join(", ");
}

function describeBounds(shift: Shift, owner: Owner): string {
  return owner.maxField === undefined ? `${shift.bounds.min} members` : `from now on ${shift.bounds.min} to ${shift.bounds.max} members`;
}

/** Without a threshold a floor is never left again, unless some schedule has a ceiling. */
function sayWhatStays(context: Context, backend: Backend, scale: Scale, { shifts }: Shifts): void {
  const sizes = new Set(shifts.map((shift) => shift.bounds.min));
  const [only] = sizes;
  if (sizes.size !== 1 || only === undefined || only === scale.min) return;
  const [first] = scale.schedules;
  differ(context, sizeStays, "information", `${callBackend(backend)}: schedules`, first?.origin ?? scale.origin, { name: callBackend(backend), size: only, min: scale.min });
}

function sayWhatRepeats(context: Context, backend: Backend, scale: Scale, shifts: Shifts): void {
  if (!shifts.repeats) return;
  const { year, month } = shifts.months;
  const months = `${year}-${String(month).padStart(2, "0")}`;
  const [first] = scale.schedules;
  differ(context, datesRepeat, "nearest", `${callBackend(backend)}: schedules`, first?.origin ?? scale.origin, { schedules: scale.schedules.map((schedule) => `schedule ${schedule.name}`).join(", "), year: months, simulated: context.differenceOf(backend, { on: datesOf(scale.schedules).map(later), schedules: scale.schedules.map(aYearLater) }) });
  for (const schedule of scale.schedules) {
    for (const date of datesOf([schedule])) {
      const index = date.year * 12 + date.month - (year * 12 + month);
      if (index >= 0 && index < 12) continue;
      const text = `${date.year}-${String(date.month).padStart(2, "0")}-${String(date.day).padStart(2, "0")}`;
      differ(context, dateOutside, "dropped", `${callBackend(backend)}: schedule ${schedule.name}`, schedule.origin, { date: text, months, simulated: context.differenceOf(backend, { on: [date], schedules: scale.schedules.map((each) => (each === schedule ? without(each, date) : each)) }) });
    }
  }
}

/** The days that make a difference: exceptions, and the last day. */
function datesOf(schedules: readonly Schedule[]): readonly LocalDate[] {
  return schedules.flatMap((schedule) => [...schedule.except, ...(schedule.until === undefined ? [] : [schedule.until])]);
}

/** The schedule as it is compiled where a date lies outside the months of its jobs. */
function without(schedule: Schedule, date: LocalDate): Schedule {
  const { until, ...rest } = schedule;
  return { ...rest, except: schedule.except.filter((each) => each !== date), ...(until === undefined || until === date ? {} : { until }) };
}
