/** Target limits of nginx and HAProxy: LBP5000–LBP5499. Each message says what is used instead and what differs, or what to write. */
import { define } from "./diagnostic.ts";

interface OnTarget {
  /** `nginx 1.22`, `HAProxy 2.6`. */
  readonly program: string;
}

// Texts
export const unsayableText = define<{ readonly what: string; readonly target: string }>(
  "LBP5000", "unsayable-text", "error",
  ({ what, target }) => `Remove the ${what} from this text: ${target} has no way to carry it.`);

export const unsayableName = define<OnTarget & { readonly name: string }>(
  "LBP5001", "unsayable-name", "error",
  ({ program, name }) => `Use a name of letters, digits, "-" and "_" here: ${program} cannot look up "${name}".`);

export const unsayablePath = define<OnTarget & { readonly what: string }>(
  "LBP5002", "unsayable-path", "error",
  ({ program, what }) => `Write another path here, one without ${what}: ${program} would not read it as a path.`);

export const expressionNotCommon = define<{ readonly what: string }>(
  "LBP5003", "expression-not-common", "error",
  ({ what }) => `Write this expression without ${what}: nginx, HAProxy and the simulator would not read it alike.`);

export const textTooLong = define<OnTarget & { readonly bytes: number; readonly most: number }>(
  "LBP5004", "text-too-long", "error",
  ({ program, bytes, most }) => `Shorten this text: escaped for ${program} it has ${bytes} bytes, and ${most} are the most.`);

// Balancing
export const algorithmApproximated = define<OnTarget & { readonly algorithm: string; readonly nearest: string; readonly since?: string }>(
  "LBP5010", "algorithm-approximated", "warning",
  ({ program, algorithm, nearest, since }) => `${program} has no ${algorithm}: ${nearest} is used${since === undefined ? "" : ` (version ${since} has it)`}.`);

export const weightsIgnoredByTwoChoices = define<OnTarget>(
  "LBP5011", "weights-ignored-by-two-choices", "warning",
  ({ program }) => `${program} ignores weights in power_of_two while its members are idle; use least_connections where the weights matter.`);

export const weightsRounded = define<OnTarget & { readonly percent: string }>(
  "LBP5012", "weights-rounded", "warning",
  ({ program, percent }) => `${program} takes weights up to 256: these are scaled and rounded, by up to ${percent} %.`);

export const weightZeroAsDown = define<OnTarget>(
  "LBP5013", "weight-zero-as-down", "warning",
  ({ program }) => `${program} refuses weight 0: the member is marked down, which also cuts its sessions.`);

export const drainAsDown = define<OnTarget>(
  "LBP5014", "drain-as-down", "warning",
  ({ program }) => `${program} cannot drain: the member is marked down, which also cuts its sessions (version 1.29.6 can).`);

export const backupByFallback = define<OnTarget & { readonly method: string }>(
  "LBP5015", "backup-by-fallback", "warning",
  ({ program, method }) => `${program} allows no backup beside ${method}: the backups are a second group, asked when the first answers with 502 or 504 of its own.`);

export const methodDroppedForBackup = define<OnTarget & { readonly method: string }>(
  "LBP5016", "method-dropped-for-backup", "warning",
  ({ program, method }) => `${program} allows no backup beside ${method} in a stream: round_robin is used, so that the backups stay.`);

export const slowStartDropped = define<OnTarget>(
  "LBP5017", "slow-start-dropped", "warning",
  ({ program }) => `${program} has no slow start: a member that comes back takes its full share at once.`);

export const affinityByHash = define<OnTarget & { readonly key: string; readonly algorithm: string }>(
  "LBP5018", "affinity-by-hash", "information",
  ({ program, key, algorithm }) => `${program} keeps clients at their member by a consistent hash of ${key} in the place of ${algorithm}: shares follow the weights only on average.`);

export const firstWithoutLimit = define<OnTarget>(
  "LBP5019", "first-without-limit", "warning",
  ({ program }) => `Give every member max_connections: ${program} fills the first member without end otherwise.`);

// Health, retries, queues
export const activeCheckAsPassive = define<OnTarget & { readonly passive: { readonly fall: number; readonly seconds: number } | undefined }>(
  "LBP5020", "active-check-as-passive", "warning",
  ({ program, passive }) => `${program} has no active health check: ${passive === undefined ? "no member is ever left out" : `a member is left out for ${passive.seconds} s after ${passive.fall} failed requests`} instead.`);

export const grpcCheckAsTcp = define<OnTarget>(
  "LBP5021", "grpc-check-as-tcp", "warning",
  ({ program }) => `${program} has no gRPC health check: it only looks whether the port accepts connections.`);

export const queueDropped = define<OnTarget>(
  "LBP5022", "queue-dropped", "warning",
  ({ program }) => `${program} has no queue: a request that finds every member at its max_connections gets 503 at once.`);

export const retryConditionDropped = define<OnTarget & { readonly condition: string }>(
  "LBP5023", "retry-condition-dropped", "warning",
  ({ program, condition }) => `${program} cannot retry on ${condition}: such an answer goes to the client.`);

export const durationRounded = define<OnTarget & { readonly from: string; readonly to: string; readonly setting: string }>(
  "LBP5024", "duration-rounded", "warning",
  ({ program, from, to, setting }) => `${program} takes whole seconds for ${setting}: ${from} becomes ${to}.`);

export const splitRounded = define<OnTarget>(
  "LBP5025", "split-rounded", "warning",
  ({ program }) => `${program} splits in steps of 0.01 %: these shares are rounded.`);

export const connectTimeoutRetried = define<OnTarget>(
  "LBP5026", "connect-timeout-retried", "information",
  ({ program }) => `${program} counts a connection that is not answered in time among the errors, so it tries again there too.`);

export const queueCountedAtOnce = define<OnTarget>(
  "LBP5027", "queue-counted-at-once", "information",
  ({ program }) => `${program} looks at the queue before a request joins it: requests of the same instant may exceed max_queue by as many as it has threads.`);

// Members
export const cleartextHttp2AsHttp1 = define<OnTarget>(
  "LBP5030", "h2c-as-http1", "warning",
  ({ program }) => `${program} speaks HTTP/2 to members only for gRPC: HTTP/1.1 is used, which these members must accept.`);

export const udpUnsupported = define<OnTarget>(
  "LBP5031", "udp-unsupported", "error",
  ({ program }) => `${program} cannot balance UDP: take this service out for it, or compile it for nginx.`);

export const oneTlsName = define<OnTarget & { readonly name: string }>(
  "LBP5032", "one-tls-name", "warning",
  ({ program, name }) => `${program} checks all members of a backend against one name, "${name}": give the backend tls name "…".`);

export const systemCertificates = define<OnTarget & { readonly path: string }>(
  "LBP5033", "system-certificates", "information",
  ({ program, path }) => `${program} must be told where the system's certificate authorities are: ${path} is used; name another with tls ca.`);

export const webSocketIdle = define<OnTarget & { readonly read: string }>(
  "LBP5034", "websocket-idle", "information",
  ({ program, read }) => `${program} closes a silent WebSocket after timeout read (${read}), not after timeout idle.`);

export const sendTimeoutShared = define<OnTarget & { readonly read: string }>(
  "LBP5035", "send-timeout-shared", "information",
  ({ program, read }) => `${program} has one timeout for reading from and sending to a member: timeout read (${read}) is used for both.`);

// Elastic pools
export const elasticNeedsResolver = define<OnTarget & { readonly name: string; readonly target: string }>(
  "LBP5040", "elastic-needs-resolver", "error",
  ({ program, name, target }) => `Write target ${target} { resolver "IP" }: ${program} must look the members of ${name} up while it runs.`);

export const elasticNeedsAddress = define<OnTarget & { readonly name: string }>(
  "LBP5041", "elastic-needs-address", "error",
  ({ program, name }) => `Give ${name} an address, or its workload a port: ${program} cannot know otherwise where its members are.`);

export const elasticResolvedAtStart = define<OnTarget & { readonly address: string }>(
  "LBP5042", "elastic-resolved-at-start", "warning",
  ({ program, address }) => `${program} looks ${address} up only when it starts: give the target a resolver.`);

export const elasticByOneAddress = define<OnTarget & { readonly address: string }>(
  "LBP5043", "elastic-by-one-address", "warning",
  ({ program, address }) => `${program} sends all requests to ${address}: balance, keepalive and max_connections are then that address's own (version 1.27.3 reaches the members).`);

export const backendLeftOut = define<OnTarget & { readonly name: string }>(
  "LBP5044", "backend-left-out", "information",
  ({ program, name }) => `${name} is left out for ${program}: no service reaches it.`);

// Services
export const limitRateRounded = define<OnTarget & { readonly written: string; readonly used: string; readonly effect: string }>(
  "LBP5050", "limit-rate-rounded", "warning",
  ({ program, written, used, effect }) => `${program} counts whole requests a second or a minute: ${written} becomes ${used}, ${effect}.`);

export const burstNotDelayed = define<OnTarget>(
  "LBP5051", "burst-not-delayed", "information",
  ({ program }) => `${program} cannot hold requests back: those within the burst are passed on at once, as with nodelay.`);

export const limitStatusShared = define<OnTarget & { readonly status: number }>(
  "LBP5052", "limit-status-shared", "warning",
  ({ program, status }) => `${program} has one status for all limits of a kind in a service: ${status} is answered.`);

export const limitsTooMany = define<OnTarget & { readonly most: number }>(
  "LBP5053", "limits-too-many", "warning",
  ({ program, most }) => `${program} follows at most ${most} keys per request: this limit is left out.`);

export const chunkedBodyPasses = define<OnTarget>(
  "LBP5054", "chunked-body-passes", "warning",
  ({ program }) => `${program} checks the announced length: a body sent in chunks, without one, passes the limit.`);

export const trustedProxyChain = define<OnTarget>(
  "LBP5055", "trusted-proxy-chain", "warning",
  ({ program }) => `${program} takes the last address of X-Forwarded-For: behind two trusted proxies in a row that is the first proxy.`);

export const ownHeaderStays = define<OnTarget & { readonly name: string }>(
  "LBP5056", "own-header-stays", "warning",
  ({ program, name }) => `${program} always sends its own ${name}: only the member's is taken away.`);

export const cacheNeedsFreshness = define<OnTarget>(
  "LBP5057", "cache-needs-freshness", "warning",
  ({ program }) => `${program} keeps only answers that say how long they are fresh (max-age or Expires): the time here is the longest.`);

export const compressionShared = define<OnTarget & { readonly name: string }>(
  "LBP5058", "compression-shared", "information",
  ({ program, name }) => `${program} cannot compress ${name} for this service only: its answers are sent as they are.`);

export const metricsFormat = define<OnTarget>(
  "LBP5059", "metrics-format", "information",
  ({ program }) => `${program} shows only its own seven counters of connections and requests, in plain text, not in the form of Prometheus.`);

export const certificateCombined = define<OnTarget & { readonly path: string; readonly command: string }>(
  "LBP5060", "certificate-combined", "warning",
  ({ program, path, command }) => `${program} wants certificate and key in one file here: make ${path} with "${command}".`);

export const secretNeedsKubernetes = define<OnTarget>(
  "LBP5061", "secret-needs-kubernetes", "error",
  ({ program }) => `Write tls certificate "PATH" key "PATH" for ${program}: a secret can only be mounted by Kubernetes.`);

export const cleartextHttp2Only = define<OnTarget>(
  "LBP5062", "cleartext-http2-only", "warning",
  ({ program }) => `${program} takes only HTTP/2 on a listener with http2 and without tls: clients with HTTP/1.1 are refused (version 1.25.1 takes both).`);

export const http2Shared = define<OnTarget & { readonly listener: string }>(
  "LBP5063", "http2-shared", "information",
  ({ program, listener }) => `${program} sets HTTP/2 for the whole of ${listener}: the other services on it speak it too.`);

export const proxyProtocolForAll = define<OnTarget>(
  "LBP5064", "proxy-protocol-for-all", "warning",
  ({ program }) => `${program} then expects the PROXY protocol of every client on this port, not only of the trusted ones.`);

export const streamLeftOut = define<OnTarget & { readonly name: string; readonly emit: string }>(
  "LBP5065", "stream-left-out", "warning",
  ({ program, name, emit }) => `${name} is left out: its place in ${program} is outside of what emit ${emit} writes; use emit all.`);

export const cacheDropped = define<OnTarget>(
  "LBP5066", "cache-dropped", "warning",
  ({ program }) => `${program} does not cache the answers of this backend: it streams, or speaks gRPC.`);

export const dotsInPaths = define<OnTarget>(
  "LBP5068", "dots-in-paths", "information",
  ({ program }) => `${program} compares paths as they were sent: /a/../b is not /b to it, as it is to nginx.`);

export const splitSettingsShared = define<OnTarget & { readonly name: string }>(
  "LBP5069", "split-settings-shared", "warning",
  ({ program, name }) => `${program} has one set of timeouts and retries for a split of connections: those of ${name} are used.`);

export const servicesClash = define<{ readonly name: string; readonly other: string; readonly listener: string; readonly reason: string }>(
  "LBP5070", "services-clash", "error",
  ({ name, other, listener, reason }) => `Take ${name} and ${other} apart on ${listener}: ${reason}.`);

export const layersMixed = define<{ readonly name: string }>(
  "LBP5071", "layers-mixed", "error",
  ({ name }) => `Give ${name} backends of one kind: http-like, tcp and udp cannot be mixed in a service.`);

export const layerWithoutRoutes = define<{ readonly name: string; readonly layer: string; readonly what: string }>(
  "LBP5072", "layer-without-part", "error",
  ({ name, layer, what }) => `Take ${what} out of ${name}: a ${layer} service has none.`);

export const networkServersUnknown = define<{ readonly backend: string; readonly name: string }>(
  "LBP5073", "network-servers-unknown", "error",
  ({ backend, name }) => `Give ${backend} a server ${name}, or leave it out of its strategy's networks.`);

export const networkBits = define<{ readonly network: string; readonly nearest: string }>(
  "LBP5074", "network-bits", "error",
  ({ network, nearest }) => `Write ${nearest}: ${network} has bits behind its prefix.`);

export const versionBeforeKnown = define<OnTarget & { readonly least: string }>(
  "LBP5076", "version-before-known", "warning",
  ({ program, least }) => `${program} is older than ${least}, of which this compiler knows what it takes: have it checked with --verify where it will run.`);

export const certificatesTooMany = define<OnTarget & { readonly most: number }>(
  "LBP5075", "certificates-too-many", "error",
  ({ program, most }) => `Spread the services over more listeners: ${program} takes at most ${most} certificates on one here.`);
