/** The balancing method of a backend. */
import { algorithmApproximated, firstWithoutLimit } from "../../diagnostics/targets-balancers.ts";
import type { Algorithm, Backend } from "../../model/policy.ts";
import { algorithmText } from "../emit/algorithms.ts";
import { durationText } from "../emit/quantities.ts";
import type { HaproxyContext } from "./context.ts";
import { namedSample } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord, Sample } from "./words.ts";
import { word, words } from "./words.ts";

export interface Balance {
  readonly lines: readonly Line[];
  /** Picks from a ring: weights are scaled up, for at weight 1 its parts are uneven (random: 90/68/142 of 300). diagnostics.md M10. */
  readonly ring: boolean;
}

export function balanceOf(context: HaproxyContext, backend: Backend): Balance {
  const { algorithm, affinity } = backend.strategy;
  const method = algorithmBalance(context, backend, algorithm);
  if (affinity === undefined) return method;
  const lines = affinity.kind === "cookie"
    ? [line([word("cookie"), word(affinity.name), ...words(`insert indirect nocache httponly maxidle ${durationText(Math.max(1, Math.round(affinity.ttlSeconds)))} attr SameSite=Lax`)], affinity.origin)]
    : [line(words("stick-table type ipv6 size 100k expire 30m"), affinity.origin), line(words("stick on src"), affinity.origin)];
  return { ...method, lines: [...method.lines, ...lines] };
}

function algorithmBalance(context: HaproxyContext, backend: Backend, algorithm: Algorithm): Balance {
  const origin = backend.strategy.origin ?? backend.origin;
  const plain = (text: string): Balance => ({ lines: [line(words(`balance ${text}`), origin)], ring: false });
  const nearest = (text: string): Balance => {
    context.parity.differs(algorithmApproximated, origin, { program: context.program, algorithm: algorithmText(algorithm), nearest: text }, `backend ${backend.name}: algorithm`, "nearest");
    return plain(text);
  };
  switch (algorithm.kind) {
    case "round_robin":
    case "geo":
      return plain("roundrobin");
    case "least_connections":
      return plain("leastconn");
    case "random":
      return { ...plain("random(1)"), ring: true };
    case "power_of_two":
      return { ...plain("random(2)"), ring: true };
    case "ip_hash":
      return hashed(words("source"), true, origin);
    case "hash":
      return hashed(hashWords(context, backend, algorithm.key), algorithm.consistent, origin);
    case "first":
      if (backend.servers.some((server) => !server.backup && server.maxConnections === undefined)) {
        context.parity.differs(firstWithoutLimit, origin, { program: context.program }, `backend ${backend.name}: algorithm first`, "nearest");
      }
      return plain("first");
    case "least_response_time":
    case "least_predicted_load":
      return nearest("leastconn");
  }
}

function hashed(key: readonly HaproxyWord[], consistent: boolean, origin: Backend["origin"]): Balance {
  const type = consistent ? "consistent sdbm avalanche" : "map-based sdbm avalanche";
  return { lines: [line([word("balance"), ...key], origin), line(words(`hash-type ${type}`), origin)], ring: consistent };
}

/** A missing key is balanced round robin, as in nginx. */
function hashWords(context: HaproxyContext, backend: Backend, key: Extract<Algorithm, { readonly kind: "hash" }>["key"]): readonly HaproxyWord[] {
  const origin = backend.strategy.origin ?? backend.origin;
  const expression = (value: Sample): readonly HaproxyWord[] => [word("hash"), word(value)];
  switch (key.kind) {
    case "uri":
      return words("hash pathq");
    case "path":
      return words("hash path");
    case "header":
      return expression(namedSample(context, "req.hdr", key.name, origin));
    case "cookie":
      return expression(namedSample(context, "req.cook", key.name, origin));
    case "query":
      return expression(namedSample(context, "urlp", key.name, origin));
  }
}
