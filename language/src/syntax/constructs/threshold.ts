import type { BlockSpec, StatementSpec } from "../spec.ts";
import { block, choice, flag, flagOption, list, oneOf, option, optional, options, statement, value, word } from "../spec.ts";

const day = 86_400;

const direction: BlockSpec = {
  name: "direction",
  statements: [
    statement("by", "At most this many members, or this share, in each period.", [
      value("count-or-share", "by", { min: 1, max: 100_000 }), word("every"), value("duration", "every", { min: 1, max: 1800 }),
    ], { repeatable: true, subject: "`by`", default: "up 4 and 100%, down 100%, every 15s" }),
    statement("select", "Which of several limits counts.", [oneOf("select", "max", "min", "disabled")], { subject: "`select`", default: "max" }),
    statement("stabilize", "Time over which the most cautious recommendation counts.", [value("duration", "stabilize", { min: 0, max: 3600 })], { subject: "`stabilize`", default: "up 0s, down 5m" }),
    statement("tolerance", "Distance from the target that changes nothing.", [value("ratio", "tolerance", { min: 0, max: 1 })], { default: "the pool's" }),
  ],
};

/** Lines of a threshold; a `scale` may hold them itself. */
export const thresholdStatements: readonly StatementSpec[] = [
  statement("target", "Metric-based: the size follows this metric's distance from its target.", [value("metric", "metric"), value("quantity", "value")], { repeatable: true, subject: "A target" }),
  statement("predict", "Predictive: least squares over the window, read ahead.", [
    word("linear"), options(
      option("window", "duration", "Samples that the line is drawn through.", { min: 15, max: 7 * day }),
      option("ahead", "duration", "How far ahead it is read.", { min: 1, max: day }),
    ),
  ], { subject: "`predict`" }),
  statement("when", "On-demand: a rule and what it does to the size.", [
    value("metric", "metric"), value("comparison", "operator"), value("quantity", "value"),
    optional(word("for"), value("duration", "for", { min: 0, max: 24 * day })),
    choice(
      [word("add"), value("count-or-share", "add", { min: 1, max: 100_000 })],
      [word("remove"), value("count-or-share", "remove", { min: 1, max: 100_000, maxShare: 1 })],
      [flag("double")], [flag("halve")],
      [word("set"), value("count", "set", { min: 0, max: 100_000 })],
    ),
  ], { repeatable: true, subject: "A rule" }),
  statement("cooldown", "Time after a change in which the rules rest.", [
    choice(
      [word("up"), value("duration", "up", { min: 0, max: 24 * day }), word("down"), value("duration", "down", { min: 0, max: 24 * day })],
      [value("duration", "cooldown", { min: 0, max: 24 * day })],
    ),
  ], { default: "5m" }),
  statement("tolerance", "Distance from the target that changes nothing.", [value("ratio", "tolerance", { min: 0, max: 1 })], { default: "10%" }),
  statement("up", "How fast the pool may grow.", [block(direction)], { subject: "`up`" }),
  statement("down", "How fast the pool may shrink.", [block(direction)], { subject: "`down`" }),
];

export const thresholdBlock: BlockSpec = { name: "threshold", statements: thresholdStatements };

export const metricBlock: BlockSpec = {
  name: "metric",
  statements: [
    statement("prometheus", "Server that answers the query.", [value("text", "prometheus"), optional(word("auth"), value("text", "auth"))], { subject: "`prometheus`" }),
    statement("query", "PromQL of the metric.", [value("text", "query")]),
    statement("per", "`per member`: averaged over members; `per pool`: one figure, divided by the members unless `value` is said.", [
      choice([flag("member")], [flag("pool"), optional(flag("value"))]),
    ], { subject: "`per`" }),
    statement("as", "The built-in metric, or arithmetic of them, that stands for it in the simulation.", [value("metric-expression", "as")], { subject: "`as`" }),
  ],
};

export const scheduleBlock: BlockSpec = {
  name: "schedule",
  statements: [
    statement("every", "Weekly windows; may run past midnight.", [value("days", "days"), value("time-range", "time")], { repeatable: true, subject: "`every`" }),
    statement("cron", "Windows that start by a cron expression.", [
      value("text", "cron", { expects: 'a cron expression such as "0 8 * * 1-5"' }), word("for"), value("duration", "for", { min: 60, max: 366 * day }),
    ], { repeatable: true, subject: "`cron`" }),
    statement("timezone", "IANA time zone.", [value("text", "timezone", { expects: 'a time zone such as "Europe/Berlin"' })], { default: '"UTC"' }),
    statement("replicas", "Floor of the pool, or its bounds, while the schedule is active.", [value("count-range", "replicas", { min: 0, max: 100_000 })], { subject: "`replicas`" }),
    statement("except", "Local days on which no window starts.", [value("dates", "except")], { repeatable: true, subject: "`except`" }),
    statement("from", "First day.", [value("date", "from")], { subject: "`from`" }),
    statement("until", "Last day, included.", [value("date", "until")], { subject: "`until`" }),
  ],
};

export const strategyBlock: BlockSpec = {
  name: "strategy",
  statements: [
    statement("algorithm", "How a request finds its member.", [
      choice(
        [oneOf("algorithm", "round_robin", "least_connections", "random", "power_of_two", "weighted_round_robin", "weighted_least_connections", "ip_hash", "first", "least_response_time")],
        [flag("hash"), choice(
          [oneOf("key", "uri", "path")],
          [oneOf("key", "header", "cookie", "query"), value("text", "key_name", { expects: 'a name such as "X-User"' })],
        ), optional(flag("consistent"))],
        [flag("least_predicted_load"), options(
          option("window", "duration", "Samples that the line is drawn through.", { min: 1, max: 7 * day }),
          option("ahead", "duration", "How far ahead it is read.", { min: 1, max: day }),
        )],
        [flag("geo"), block({
          name: "geo",
          statements: [
            statement("network", "Clients of this network go to these servers; the longest prefix wins.", [value("text", "network"), word("to"), list("to", value("reference", "name", { refersTo: "server" }))], { lead: "string", repeatable: true, subject: "A network" }),
            statement("default", "Servers of all other clients.", [word("to"), list("to", value("reference", "name", { refersTo: "server" }))], { subject: "`default`" }),
          ],
        })],
      ),
    ], { default: "round_robin" }),
    statement("affinity", "Keeps a client on its member.", [
      choice(
        [flag("cookie"), value("text", "name", { expects: 'a cookie name such as "SHOPSRV"' }), word("ttl"), value("duration", "ttl", { min: 1, max: 366 * day })],
        [flag("ip")],
      ),
    ], { subject: "`affinity`" }),
    statement("retry", "Tries after a failed one, and on what.", [
      value("count", "retry", { min: 0, max: 100 }), options(
        option("on", "retry-conditions", "What is tried again."),
        flagOption("unsafe", "Also a request that was sent and whose method is not idempotent."),
      ),
    ], { default: "1 on error" }),
    statement("slow_start", "Time in which a member that comes back is brought to its full share.", [value("duration", "slow_start", { min: 0.001, max: 24 * day })], { subject: "`slow_start`" }),
  ],
};
