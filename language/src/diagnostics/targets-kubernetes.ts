/** Target limits of Kubernetes: LBP5500–LBP5999. */
import { define } from "./diagnostic.ts";

interface Named {
  readonly name: string;
}

/** The rest of the sentence with the simulated difference, or nothing. */
interface Simulated {
  readonly simulated: string;
}

// Manifests and names
export const invalidManifest = define<{ readonly object: string; readonly path: string; readonly problem: string }>(
  "LBP5500", "kubernetes-invalid-manifest", "error",
  ({ object, path, problem }) => `Kubernetes would refuse ${object}: ${path} ${problem}; change what it is made from.`);

export const nameCollision = define<{ readonly object: string; readonly other: string }>(
  "LBP5501", "kubernetes-name-collision", "error",
  ({ object, other }) => `Rename this: ${object} would be written twice, the other one comes from ${other}.`);

export const nameUnusable = define<{ readonly name: string; readonly derived: string }>(
  "LBP5502", "kubernetes-name-unusable", "error",
  ({ name, derived }) => `Rename ${name}: its Kubernetes name would be "${derived}", which must end with a letter or a digit.`);

export const nameCut = define<{ readonly name: string; readonly derived: string; readonly longest: number }>(
  "LBP5503", "kubernetes-name-cut", "information",
  ({ name, derived, longest }) => `${name} is called "${derived}" in Kubernetes, where at most ${longest} characters are allowed.`);

export const reservedLabel = define<{ readonly key: string }>(
  "LBP5504", "kubernetes-reserved-label", "error",
  ({ key }) => `Remove the label ${key}: the compiled objects find their pods by it.`);

// Workloads
export const imageMissing = define<Named>(
  "LBP5510", "kubernetes-image-missing", "error",
  ({ name }) => `Give the workload of ${name} an image, or name the object that already runs it with existing "deployment/NAME".`);

export const workloadMissing = define<Named>(
  "LBP5511", "kubernetes-workload-missing", "warning",
  ({ name }) => `Nothing of ${name} is compiled for Kubernetes: give it a workload with an image, or existing "deployment/NAME".`);

export const portMissing = define<Named>(
  "LBP5512", "kubernetes-port-missing", "information",
  ({ name }) => `${name} gets no Service because its workload has no port; give it one where other programs should reach it.`);

export const readinessMissing = define<Named & { readonly startupSeconds: number }>(
  "LBP5513", "kubernetes-readiness-missing", "warning",
  ({ name, startupSeconds }) => `Give ${name} a health check: without a readiness probe Kubernetes sends traffic as soon as the container runs, not after its ${startupSeconds} s of startup.`);

export const probeRounded = define<{ readonly what: string; readonly seconds: number; readonly wholeSeconds: number }>(
  "LBP5514", "kubernetes-probe-rounded", "information",
  ({ what, seconds, wholeSeconds }) => `Probes count whole seconds: ${what} ${seconds} s becomes ${wholeSeconds} s.`);

export const probeDiffers = define<{ readonly what: string; readonly instead: string }>(
  "LBP5515", "kubernetes-probe-differs", "warning",
  ({ what, instead }) => `A probe cannot have ${what}; ${instead}.`);

export const probeUnverified = define<Named>(
  "LBP5516", "kubernetes-probe-unverified", "information",
  ({ name }) => `The kubelet does not verify the certificate that ${name} shows to its health check.`);

export const slowStartNearest = define<{ readonly seconds: number }>(
  "LBP5517", "kubernetes-slow-start-nearest", "warning",
  ({ seconds }) => `Kubernetes has no slow start: a new member counts as available after minReadySeconds ${seconds}, but takes its full share from the moment it is ready.`);

export const connectionsUnlimited = define<Named & { readonly limit: string }>(
  "LBP5518", "kubernetes-connections-unlimited", "warning",
  ({ name, limit }) => `A Service of Kubernetes does not limit connections: ${limit} of ${name} holds only where nginx or HAProxy stand in front (target kubernetes { balancer nginx }).`);

export const algorithmIgnored = define<{ readonly algorithm: string }>(
  "LBP5519", "kubernetes-algorithm-ignored", "warning",
  ({ algorithm }) => `A Service of Kubernetes picks members at random: ${algorithm} holds only where nginx or HAProxy stand in front (target kubernetes { balancer nginx }).`);

export const affinityNearest = define<{ readonly affinity: string; readonly seconds: number }>(
  "LBP5520", "kubernetes-affinity-nearest", "warning",
  ({ affinity, seconds }) => `A Service of Kubernetes knows no ${affinity}: clients stay by their address instead (sessionAffinity ClientIP for ${seconds} s), so those behind one address share a member.`);

export const retryIgnored = define<Named>(
  "LBP5521", "kubernetes-retry-ignored", "warning",
  ({ name }) => `A Service of Kubernetes does not send a request again: retry of ${name} holds only where nginx or HAProxy stand in front (target kubernetes { balancer nginx }).`);

export const budgetSelectorGuessed = define<Named & { readonly label: string }>(
  "LBP5522", "kubernetes-budget-selector-guessed", "warning",
  ({ name, label }) => `Write the label of the existing pods of ${name} in its workload: its PodDisruptionBudget looks for ${label}.`);

// Autoscaling
export const capacityMissing = define<Named>(
  "LBP5530", "kubernetes-capacity-missing", "error",
  ({ name }) => `Give the replica of ${name} a capacity (or response and concurrency): a target of load_factor is compiled as arrivals per member, which is the share times the capacity.`);

export const requestMissing = define<Named & { readonly resource: string }>(
  "LBP5531", "kubernetes-request-missing", "error",
  ({ name, resource }) => `Give the workload of ${name} a ${resource}: the autoscaler measures ${resource} as a share of the request and does nothing without one.`);

export const scaleToZeroUnsupported = define<{ readonly version: string }>(
  "LBP5532", "kubernetes-scale-to-zero-unsupported", "error",
  ({ version }) => `Write autoscaler keda in target kubernetes, or scale from 1: a HorizontalPodAutoscaler of Kubernetes ${version} does not go to 0 (from 1.37, with an external metric).`);

export const kedaNeeded = define<{ readonly what: string }>(
  "LBP5533", "kubernetes-keda-needed", "error",
  ({ what }) => `Write autoscaler keda in target kubernetes: a HorizontalPodAutoscaler has no ${what}.`);

export const kedaMetricUnreadable = define<{ readonly metric: string }>(
  "LBP5534", "kubernetes-keda-metric-unreadable", "error",
  ({ metric }) => `Declare a metric with prometheus and query in place of ${metric}: KEDA reads cpu, memory and what it is told to ask Prometheus for.`);

export const kedaSchedulesWithHpa = define<Record<string, never>>(
  "LBP5535", "kubernetes-keda-schedules-with-hpa", "error",
  () => "Write autoscaler keda beside schedules keda, or schedules cronjob: an autoscaler of each kind would fight over the workload.");

export const toleranceUnsupported = define<{ readonly percent: number; readonly version: string } & Simulated>(
  "LBP5536", "kubernetes-tolerance-unsupported", "warning",
  ({ percent, version, simulated }) => `Kubernetes ${version} has one tolerance for the whole cluster (10 %): ${percent} % needs version 1.33${simulated}.`);

export const rulesLowered = define<{ readonly threshold: string; readonly metric: string; readonly nearest: string } & Simulated>(
  "LBP5537", "kubernetes-rules-lowered", "warning",
  ({ threshold, metric, nearest, simulated }) => `An autoscaler of Kubernetes has no rules: ${threshold} becomes a target for ${metric}, ${nearest}; it grows in proportion to the metric instead of by steps${simulated}.`);

export const ruleDropped = define<{ readonly rule: string; readonly why: string } & Simulated>(
  "LBP5538", "kubernetes-rule-dropped", "warning",
  ({ rule, why, simulated }) => `${rule} has no equal in an autoscaler of Kubernetes and is left out: ${why}${simulated}.`);

export const predictionDropped = define<{ readonly threshold: string; readonly aheadSeconds: number } & Simulated>(
  "LBP5539", "kubernetes-prediction-dropped", "warning",
  ({ threshold, aheadSeconds, simulated }) => `An autoscaler of Kubernetes does not look ahead: ${threshold} is compiled without its prediction, so it reacts up to ${aheadSeconds} s later${simulated}.`);

export const valueRounded = define<{ readonly what: string; readonly from: string; readonly to: string }>(
  "LBP5540", "kubernetes-value-rounded", "information",
  ({ what, from, to }) => `${what} takes whole numbers here: ${from} becomes ${to}.`);

export const adapterNeeded = define<{ readonly metric: string; readonly api: string; readonly query: string }>(
  "LBP5541", "kubernetes-adapter-needed", "information",
  ({ metric, api, query }) => `The autoscaler asks the ${api} metrics API for "${metric}": a metrics adapter has to serve it${query}.`);

export const activeOperator = define<{ readonly operator: string }>(
  "LBP5542", "kubernetes-active-operator", "error",
  ({ operator }) => `Write active METRIC > VALUE: KEDA wakes a pool when a metric is above a value, not by ${operator}.`);

export const wakingMissing = define<Named>(
  "LBP5543", "kubernetes-waking-missing", "error",
  ({ name }) => `Give ${name} a metric with prometheus, or scale from 1: at 0 members cpu and memory say nothing, so nothing would wake the pool.`);

// Schedules
export const datesRepeat = define<{ readonly schedules: string; readonly year: string } & Simulated>(
  "LBP5550", "kubernetes-dates-repeat", "warning",
  ({ schedules, year, simulated }) => `CronJobs know no year: ${schedules} is exact for the twelve months from ${year} and repeats after them; compile again before they end${simulated}.`);

export const dateOutside = define<{ readonly date: string; readonly months: string } & Simulated>(
  "LBP5551", "kubernetes-date-outside", "warning",
  ({ date, months, simulated }) => `${date} is not compiled: CronJobs know no year and these cover the twelve months from ${months}${simulated}.`);

export const triggerDatesDropped = define<{ readonly what: string; readonly schedule: string } & Simulated>(
  "LBP5552", "kubernetes-trigger-dates-dropped", "warning",
  ({ what, schedule, simulated }) => `A cron trigger of KEDA has no ${what}: it is left out of ${schedule}; write schedules cronjob in target kubernetes to keep it${simulated}.`);

export const scheduleUseless = define<{ readonly schedule: string }>(
  "LBP5553", "kubernetes-schedule-useless", "information",
  ({ schedule }) => `${schedule} changes no bound of this pool, so nothing is made from it.`);

export const triggerWindowLost = define<{ readonly schedule: string; readonly window: string } & Simulated>(
  "LBP5554", "kubernetes-trigger-window-lost", "warning",
  ({ schedule, window, simulated }) => `A cron trigger of KEDA cannot hold ${window} of ${schedule}: its start and end meet; write schedules cronjob in target kubernetes${simulated}.`);

export const sizeStays = define<Named & { readonly size: number; readonly min: number }>(
  "LBP5555", "kubernetes-size-stays", "information",
  ({ name, size, min }) => `${name} stays at ${size} members after its schedules end, for nothing else moves it; give it a threshold, or a schedule with a maximum (replicas ${min}..${min}) for the other hours.`);

// Fixed members and services
export const memberLeftOut = define<{ readonly server: string; readonly why: string }>(
  "LBP5560", "kubernetes-member-left-out", "warning",
  ({ server, why }) => `server ${server} is left out of the EndpointSlice: ${why}.`);

export const weightsIgnored = define<Named>(
  "LBP5561", "kubernetes-weights-ignored", "warning",
  ({ name }) => `A Service of Kubernetes gives every member the same share: the weights of ${name} hold only where nginx or HAProxy stand in front (target kubernetes { balancer nginx }).`);

export const hostNamesUnsupported = define<Named>(
  "LBP5562", "kubernetes-host-names-unsupported", "warning",
  ({ name }) => `${name} gets no Service: Kubernetes follows one host name (ExternalName) or addresses, not several names or both; give addresses.`);

export const externalNamePort = define<{ readonly host: string; readonly port: number }>(
  "LBP5563", "kubernetes-external-name-port", "information",
  ({ host, port }) => `An ExternalName is only an alias of ${host}: clients have to use port ${port} themselves.`);

export const serviceNotExposed = define<Named>(
  "LBP5564", "kubernetes-service-not-exposed", "information",
  ({ name }) => `service ${name} is reached only inside the cluster; write expose gateway "NAME", expose ingress "CLASS" or balancer nginx in target kubernetes to let clients in.`);

export const routeUnsupported = define<{ readonly what: string; readonly kind: string; readonly instead: string }>(
  "LBP5565", "kubernetes-route-unsupported", "warning",
  ({ what, kind, instead }) => `${kind} has no ${what}; ${instead}.`);

export const destinationMissing = define<{ readonly backend: string; readonly service: string }>(
  "LBP5566", "kubernetes-destination-missing", "error",
  ({ backend, service }) => `service ${service} sends to ${backend}, which has no Service in Kubernetes; give it a workload with a port, or members with addresses.`);

export const prefixByElement = define<{ readonly kind: string; readonly path: string }>(
  "LBP5567", "kubernetes-prefix-by-element", "information",
  ({ kind, path }) => `${kind} compares prefixes element by element: "${path}" matches "${path}/x" there, and not "${path}x".`);

export const splitUnsupported = define<{ readonly path: string; readonly backend: string }>(
  "LBP5568", "kubernetes-split-unsupported", "warning",
  ({ path, backend }) => `An Ingress sends a path to one Service: all of "${path}" goes to ${backend}; write expose gateway "NAME" or balancer nginx to keep the split.`);

export const measureUnwatched = define<{ readonly measure: string; readonly scenario: string }>(
  "LBP5569", "kubernetes-measure-unwatched", "information",
  ({ measure, scenario }) => `No alert is made from expect ${measure} of scenario ${scenario}: the compiled objects have no metric for it.`);

export const exposeBesideBalancer = define<{ readonly balancer: string }>(
  "LBP5570", "kubernetes-expose-beside-balancer", "warning",
  ({ balancer }) => `Remove expose, or the balancer: clients reach ${balancer} through its own Service here, so no route is made.`);

export const certificateNeedsSecret = define<{ readonly secret: string }>(
  "LBP5571", "kubernetes-certificate-needs-secret", "error",
  ({ secret }) => `Write tls secret "${secret}" or the like for Kubernetes: the files of a certificate are on no machine of the cluster.`);
