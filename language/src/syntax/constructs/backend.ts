import type { BlockSpec, Option } from "../spec.ts";
import { block, choice, flag, flagOption, oneOf, option, optional, options, statement, value, word } from "../spec.ts";
import { thresholdStatements } from "./threshold.ts";

const day = 86_400;

/** Options that say what one member can do; a `server` and a `replica` share them. */
const memberOptions: readonly Option[] = [
  option("capacity", "rate", "Requests per second that the member can serve.", { min: 1e-6, max: 1e9 }),
  option("response", "curve", "Mean time a request takes on the member, without waiting for it; with `at N` while N are served at once."),
  option("ttft", "curve", "Time to the first token, in the form of `response`."),
  option("concurrency", "count", "How many requests the member serves at once (a figure of the model; `max_connections` enforces).", { min: 1, max: 1_000_000, default: "the last N of the curve" }),
  option("variation", "number", "Coefficient of variation of the service time: 1 exponential, 0 constant.", { min: 0, max: 100, default: "1" }),
  option("max_connections", "count", "Connections that the balancer opens to the member at most.", { min: 1, max: 1_000_000 }),
  option("cost", "price", "Price of the member, such as `$2.10/h`.", { min: 0, max: 1e9 }),
];

const workload: BlockSpec = {
  name: "workload",
  statements: [
    statement("image", "Container image.", [value("text", "image", { expects: 'an image such as "registry.example.com/web:1.4"' })]),
    statement("port", "Port that the container listens on.", [value("count", "port", { min: 1, max: 65535 })]),
    statement("command", "Command and arguments of the container.", [value("texts", "command")]),
    statement("env", "An environment variable: a value, or a key of a secret or config object.", [
      value("name", "name"),
      choice([word("from"), oneOf("from", "secret", "config"), value("text", "object"), value("text", "key")], [value("text", "value")]),
    ], { repeatable: true }),
    statement("cpu", "Cores requested, and the limit after `..`; `full` is the usage at load factor 1.", [
      value("cpu-range", "cpu", { min: 0.001, max: 1024 }),
      options(option("full", "cpu", "Cores used at load factor 1; default the limit, without one the request.", { min: 0.001, max: 1024 })),
    ]),
    statement("memory", "Memory requested, and the limit after `..`; with `full` it follows the load.", [
      value("size-range", "memory", { min: 1, max: 2 ** 50 }),
      options(option("full", "size", "Memory used at load factor 1.", { min: 1, max: 2 ** 50 })),
    ]),
    statement("gpu", "GPUs of one member.", [value("count", "gpu", { min: 0, max: 1024 })]),
    statement("namespace", "Kubernetes namespace.", [value("text", "namespace", { expects: 'a namespace such as "shop"' })], { default: "the target's" }),
    statement("startup", "Time until a new member takes traffic.", [value("duration", "startup", { min: 0, max: 24 * day })], { default: "0s" }),
    statement("shutdown", "Time a member has to finish its requests.", [value("duration", "shutdown", { min: 0, max: 24 * day })], { default: "30s" }),
    statement("disruption", "How many members may be away at once, a number or a share.", [value("count-or-share", "disruption", { min: 0, max: 100_000, maxShare: 1 })], { default: "1" }),
    statement("label", "A label of the objects.", [value("text", "key"), value("text", "value")], { repeatable: true }),
    statement("annotation", "An annotation of the objects.", [value("text", "key"), value("text", "value")], { repeatable: true, subject: "An annotation" }),
    statement("service_account", "ServiceAccount of the members.", [value("text", "service_account")]),
    statement("existing", "Somebody else's object: only its autoscaler and schedules are made.", [value("text", "existing", { expects: 'an object such as "deployment/web"' })], { subject: "An existing workload" }),
  ],
};

const scale: BlockSpec = {
  name: "scale",
  statements: [
    statement("on", "Thresholds that the pool listens to.", [{ type: "list", label: "on", item: [value("reference", "name", { refersTo: "threshold" })] }], { subject: "`on`" }),
    statement("during", "Schedules that narrow the bounds.", [{ type: "list", label: "during", item: [value("reference", "name", { refersTo: "schedule" })] }], { subject: "`during`" }),
    statement("active", "Wakes a pool at zero.", [value("metric", "metric"), value("comparison", "operator"), value("quantity", "value")], { subject: "`active`" }),
    statement("idle", "Back to zero after this time without a request.", [value("duration", "idle", { min: 1, max: 24 * day })], { subject: "`idle`", default: "5m" }),
    statement("fallback", "Size to keep where the metric cannot be read.", [
      value("count", "replicas", { min: 0, max: 100_000 }), word("after"), value("count", "failures", { min: 1, max: 10_000 }), word("failures"),
    ]),
    ...thresholdStatements,
  ],
};

const checkOptions: readonly Option[] = [
  option("every", "duration", "Time between two checks.", { min: 0.001, max: 24 * day, default: "5s" }),
  option("timeout", "duration", "Time to wait for the answer.", { min: 0.001, max: 24 * day, default: "1s" }),
  option("rise", "count", "Good checks until a member is in again.", { min: 1, max: 10_000, default: "2" }),
  option("fall", "count", "Bad checks until a member is out.", { min: 1, max: 10_000, default: "3" }),
  option("port", "count", "Port to check, if it is not the member's.", { min: 1, max: 65535 }),
];

export const backendBlock: BlockSpec = {
  name: "backend",
  statements: [
    statement("server", "A fixed member: `server [NAME] ADDRESS` and its options.", [
      optional(value("name", "name")),
      value("address", "address"),
      options(
        option("weight", "count", "Share of the requests relative to the other members.", { min: 0, max: 256, default: "1" }),
        ...memberOptions,
        flagOption("backup", "Takes traffic only when no other member can."),
        flagOption("drain", "Finishes what it has, takes nothing new."),
        flagOption("down", "Out of service."),
      ),
    ], { repeatable: true }),
    statement("replica", "What one elastic member can do.", [options(...memberOptions)]),
    statement("workload", "What Kubernetes runs for a member.", [block(workload)]),
    statement("address", "Where nginx and HAProxy reach an elastic pool.", [value("address", "address")], { subject: "`address`", default: "its Kubernetes Service" }),
    statement("scale", "Bounds of an elastic pool, the thresholds it listens to and its schedules.", [
      value("count-range", "range", { min: 0, max: 100_000, expects: "bounds such as 2..10" }), optional(block(scale)),
    ]),
    statement("balance", "A strategy, or an algorithm that needs no argument.", [value("reference", "balance", { refersTo: "strategy" })], { subject: "`balance`", default: "round_robin" }),
    statement("demand", "The load of the inline figures: a rate or a traffic (then its peak).", [value("demand", "demand", { min: 0, max: 1e9, expects: "a rate such as 1000rps or the name of a traffic" })]),
    statement("health", "Checks of the members: active (http, https, tcp, grpc) or passive.", [
      choice(
        [oneOf("kind", "http", "https"), value("text", "path", { expects: 'a path such as "/healthz"' }), options(
          option("method", "method", "Request method.", { default: "GET" }),
          option("expect", "status-range", "Status codes of a healthy member.", { min: 100, max: 599, default: "200-399" }),
          ...checkOptions,
          option("host", "text", "Host header of the check."),
          { keyword: "verify", elements: [oneOf("verify", "on", "off")], doc: "`verify off` accepts any certificate.", default: "on" },
        )],
        [oneOf("kind", "tcp", "grpc"), options(...checkOptions)],
        [{ type: "word", word: "passive", label: "passive" }, choice(
          [flag("off")],
          [options(
            option("fall", "count", "Errors of real requests until a member is out.", { min: 1, max: 10_000, default: "3" }),
            option("for", "duration", "How long it stays out.", { min: 0.001, max: 24 * day, default: "10s" }),
          )],
        )],
      ),
    ], { repeatable: true, subject: "A health check" }),
    statement("protocol", "How members are spoken to.", [oneOf("protocol", "http", "https", "h2c", "grpc", "grpcs", "tcp", "udp")], { default: "http" }),
    statement("tls", "TLS towards https and grpcs members.", [options(
      { keyword: "verify", elements: [oneOf("verify", "on", "off")], doc: "Verify the member's certificate.", default: "on" },
      option("ca", "text", "File of the authorities to trust.", { default: "the system's" }),
      option("name", "text", "Name that the certificate must have."),
      option("certificate", "text", "Client certificate."),
      option("key", "text", "Key of the client certificate."),
    )], { subject: "`tls`" }),
    statement("timeout", "Time limits, the same on every target.", [options(
      option("connect", "duration", "Until a connection stands.", { min: 0.001, max: 24 * day, default: "5s" }),
      option("read", "duration", "Silence of the member while it answers.", { min: 0.001, max: 24 * day, default: "60s" }),
      option("send", "duration", "Silence of the member while it is sent to.", { min: 0.001, max: 24 * day, default: "60s" }),
      option("queue", "duration", "Wait for a free member.", { min: 0.001, max: 24 * day, default: "5s" }),
      option("idle", "duration", "No byte on a connection.", { min: 0.001, max: 24 * day, default: "60s" }),
    )]),
    statement("keepalive", "Idle connections kept to the members.", [value("count", "keepalive", { min: 1, max: 10_000 })], { subject: "`keepalive`", default: "2 per member, at least 16" }),
    statement("max_queue", "Requests that may wait for each member at its `max_connections`; more get 503.", [value("count", "max_queue", { min: 0, max: 1_000_000 })], { subject: "`max_queue`", default: "none" }),
    statement("stream", "Long answers sent as they come.", [oneOf("stream", "on", "off")], { subject: "`stream`", default: "off" }),
  ],
};
