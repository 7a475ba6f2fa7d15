import type { BlockSpec, StatementSpec } from "../spec.ts";
import { choice, flag, oneOf, statement, value } from "../spec.ts";
import { builtinMetrics } from "../../text/vocabulary.ts";

const version = (standard: string): StatementSpec => statement("version", "Version of the program that the output is for.", [value("text", "version", { expects: `a version such as "${standard}"` })], { default: `"${standard}"` });
const resolver = statement("resolver", "Name server for names that are resolved while running.", [value("text", "resolver", { expects: 'an address such as "10.96.0.10"' })]);

export const nginxBlock: BlockSpec = {
  name: "target nginx",
  statements: [version("1.22"), resolver, statement("emit", "Which part of the file is written.", [oneOf("emit", "all", "http", "upstreams")], { subject: "`emit`", default: "all" })],
};

export const haproxyBlock: BlockSpec = {
  name: "target haproxy",
  statements: [version("2.6"), resolver, statement("emit", "Which part of the file is written.", [oneOf("emit", "all", "backends")], { subject: "`emit`", default: "all" })],
};

export const kubernetesBlock: BlockSpec = {
  name: "target kubernetes",
  statements: [
    statement("namespace", "Namespace of all objects.", [value("text", "namespace", { expects: 'a namespace such as "shop"' })], { default: '"default"' }),
    version("1.33"),
    statement("emit", "Which objects are written.", [oneOf("emit", "all", "autoscaling")], { subject: "`emit`", default: "all" }),
    statement("schedules", "How schedules are carried out.", [oneOf("schedules", "cronjob", "keda")], { subject: "`schedules`", default: "cronjob" }),
    statement("autoscaler", "Which autoscaler is used.", [oneOf("autoscaler", "hpa", "keda")], { default: "hpa" }),
    statement("poll", "How often KEDA reads its triggers.", [value("duration", "poll", { min: 1, max: 3600 })], { subject: "`poll`", default: "KEDA's own, 30s" }),
    statement("expose", "How services are reached from outside.", [
      choice([flag("none")], [flag("gateway"), value("text", "name")], [flag("ingress"), value("text", "name")]),
    ], { subject: "`expose`", default: "none" }),
    statement("balancer", "A balancer that runs in the cluster.", [oneOf("balancer", "none", "nginx", "haproxy")], { default: "none" }),
    statement("monitoring", "Alerts as a PrometheusRule.", [oneOf("monitoring", "on", "off")], { subject: "`monitoring`", default: "off" }),
    statement("metric", "Name under which a built-in metric is served.", [oneOf("metric", ...builtinMetrics), value("text", "name")], { repeatable: true }),
    statement("label", "A label of all objects.", [value("text", "key"), value("text", "value")], { repeatable: true }),
    statement("annotation", "An annotation of all objects.", [value("text", "key"), value("text", "value")], { repeatable: true, subject: "An annotation" }),
  ],
};
