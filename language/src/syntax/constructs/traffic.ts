import type { BlockSpec, Element } from "../spec.ts";
import { choice, list, oneOf, option, optional, options, statement, value, word } from "../spec.ts";
import { measures } from "../../text/vocabulary.ts";

const day = 86_400;
const year = 366 * day;

export const trafficBlock: BlockSpec = {
  name: "traffic",
  statements: [
    statement("timezone", "IANA time zone of the times.", [value("text", "timezone", { expects: 'a time zone such as "Europe/Berlin"' })], { default: '"UTC"' }),
    statement("base", "A constant rate.", [value("rate", "base", { min: 0, max: 1e9 })], { subject: "`base`" }),
    statement("daily", "Rates at times of the day, straight lines between them, around the clock.", [list("daily", value("time", "time"), value("rate", "rate", { min: 0, max: 1e9 }))], { subject: "`daily`" }),
    statement("ramp", "From one rate to another, then level.", [
      value("rate", "from", { min: 0, max: 1e9 }), word("to"), value("rate", "to", { min: 0, max: 1e9 }), word("over"), value("duration", "over", { min: 1, max: year }),
    ]),
    statement("trace", "Rates from a CSV file with a header.", [
      value("text", "trace", { expects: 'a file such as "monday.csv"' }),
      options(
        option("time", "column", "Column of the time."),
        option("rate", "column", "Column of the rate."),
        { keyword: "unit", elements: [oneOf("unit", "rps", "rpm", "requests")], doc: "Unit of the rate column.", default: "rps" },
      ),
    ]),
    statement("weekly", "Multiplies the rate on these days.", [value("days", "days"), value("factor", "factor", { min: 0, max: 1e6 })], { repeatable: true, subject: "`weekly`" }),
    statement("growth", "Compound growth.", [value("ratio", "growth", { min: 0, max: 1000 }), word("per"), value("duration", "per", { min: 1, max: year })], { subject: "`growth`" }),
    statement("burst", "Multiplies the rate for a while.", [
      value("factor", "burst", { min: 0, max: 1e6 }), word("at"), value("moment", "at"), word("for"), value("duration", "for", { min: 1, max: year }),
    ], { repeatable: true }),
    statement("noise", "Normal noise per step, not below 0.", [value("ratio", "noise", { min: 0, max: 10 }), options(option("seed", "count", "Seed of the noise.", { min: 0, max: 2 ** 31 - 1, default: "1" }))], { subject: "`noise`" }),
    statement("clients", "Distinct client keys.", [value("count", "clients", { min: 1, max: 1_000_000 })], { subject: "`clients`", default: "1000" }),
  ],
};

const faultSubject: Element = choice(
  [word("server"), value("reference", "server", { refersTo: "server" })],
  [value("count-or-share", "count", { min: 1, max: 100_000, maxShare: 1 }), optional(word("of")), word("replicas")],
);
const faultTime: readonly Element[] = [word("at"), value("moment", "at"), word("for"), value("duration", "for", { min: 1, max: year })];

export const scenarioBlock: BlockSpec = {
  name: "scenario",
  statements: [
    statement("backend", "The backend that is run.", [value("reference", "backend", { refersTo: "backend" })], { subject: "`backend`" }),
    statement("traffic", "The load.", [value("reference", "traffic", { refersTo: "traffic" }), optional(value("bare-factor", "factor", { min: 0, max: 1e6 }))], { subject: "`traffic`", default: "the backend's demand" }),
    statement("duration", "Length of the run.", [value("duration", "duration", { min: 1, max: year })], { default: "24h" }),
    statement("start", "Local time of the start.", [value("date", "start")], { default: "2026-01-05 00:00" }),
    statement("replicas", "Members at the start.", [value("count", "replicas", { min: 0, max: 100_000 })], { subject: "`replicas`", default: "where the thresholds settle at the first rate" }),
    statement("fail", "Members that fail for a while.", [faultSubject, ...faultTime], { repeatable: true, subject: "`fail`" }),
    statement("slow", "Members that get slower for a while.", [faultSubject, value("bare-factor", "factor", { min: 1, max: 1e6 }), ...faultTime], { repeatable: true, subject: "`slow`" }),
    statement("expect", "What the run must show.", [
      oneOf("measure", ...measures), value("comparison", "operator"), value("quantity", "value"),
      optional(word("for"), value("ratio", "for", { min: 0, max: 1 }), word("of"), word("time")),
    ], { repeatable: true, subject: "`expect`" }),
  ],
};
