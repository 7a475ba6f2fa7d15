import type { BlockSpec, Element } from "../spec.ts";
import { choice, flag, flagOption, list, oneOf, option, optional, options, statement, value, word } from "../spec.ts";

const day = 86_400;
const destinations: Element = list("to", value("reference", "backend", { refersTo: "backend" }), optional(value("bare-ratio", "share", { min: 0, max: 1 })));
const limitKey: Element = choice([flag("client_ip")], [flag("everyone")], [word("header"), value("text", "header")]);
const limitOptions = [
  { keyword: "by", elements: [limitKey], doc: "Whose requests are counted together." },
  option("status", "count", "Status of a refused request.", { min: 400, max: 599, default: "429" }),
] as const;

export const serviceBlock: BlockSpec = {
  name: "service",
  statements: [
    statement("listen", "A port, or an address and a port, to listen on.", [
      value("port-or-address", "listen", { min: 1, max: 65535, expects: "a port such as 80" }),
      options(
        { keyword: "tls", elements: [choice(
          [word("certificate"), value("text", "certificate"), word("key"), value("text", "key")],
          [word("secret"), value("text", "secret")],
        )], doc: "Certificate and key as files, or a Kubernetes secret." },
        flagOption("http2", "HTTP/2 for clients that offer it."),
      ),
    ], { repeatable: true, subject: "`listen`" }),
    statement("host", "Host names of the service.", [value("texts", "host")], { repeatable: true }),
    statement("redirect", "Sends http clients to https (308).", [flag("https"), optional(word("except"), value("texts", "except"))]),
    statement("to", "Where everything goes.", [destinations], { subject: "`to`" }),
    statement("route", "Where requests of a path go.", [
      value("text", "path", { expects: 'a path such as "/api"' }),
      options(
        flagOption("exact", "Only this path."),
        flagOption("regex", "The path is a regular expression."),
        option("method", "method", "Only this method."),
        { keyword: "header", elements: [value("text", "header"), value("text", "header_value")], doc: "Only requests with this header and value." },
      ),
      word("to"), destinations,
      optional(word("cache"), value("duration", "cache", { min: 1, max: 24 * day })),
    ], { repeatable: true }),
    statement("limit", "Limits requests or connections, counted by a key.", [
      choice(
        [{ type: "word", word: "connections", label: "connections" }, value("count", "count", { min: 1, max: 65535 }), options(...limitOptions)],
        [value("rate", "rate", { min: 1 / 86_400, max: 1_000_000 }), options(
          option("burst", "count", "Requests above the rate that are let through.", { min: 0, max: 1_000_000, default: "0" }),
          flagOption("nodelay", "The burst is not slowed down."),
          ...limitOptions,
        )],
      ),
    ], { repeatable: true }),
    statement("compress", "Compresses answers.", [oneOf("compress", "gzip")], { subject: "`compress`" }),
    statement("header", "Sets, adds or removes a header.", [
      optional(oneOf("on", "request", "response")),
      choice(
        [oneOf("action", "set", "add"), value("text", "name"), value("text", "value")],
        [flag("remove"), value("text", "name")],
      ),
    ], { repeatable: true }),
    statement("body_limit", "Largest body of a request.", [choice([flag("off")], [value("size", "size", { min: 1, max: 2 ** 50 })])], { subject: "`body_limit`", default: "off" }),
    statement("trust_proxy", "Networks whose X-Forwarded-For is believed.", [value("texts", "trust_proxy")], { repeatable: true, subject: "`trust_proxy`" }),
    statement("metrics", "Port on loopback with the balancer's own figures.", [value("count", "metrics", { min: 1, max: 65535 })], { subject: "`metrics`" }),
  ],
};
