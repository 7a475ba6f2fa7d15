/** The backends of an HAProxy configuration, as the simulator understands them. */
import type { BalancedServer } from "../../simulate/balancers/balancer.ts";
import type { HaproxyMethod } from "../../simulate/balancers/haproxy.ts";
import type { HaproxyHash } from "../../simulate/balancers/haproxy-hash.ts";
import { compact } from "../../model/context.ts";
import type { HaproxyPool } from "./pool.ts";
import { numberIn } from "./pool.ts";

export interface HaproxySection {
  /** `backend shop` is ["backend", "shop"]. */
  readonly words: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

const sections = new Set(["global", "defaults", "frontend", "backend", "listen", "resolvers", "cache", "peers", "userlist", "http-errors"]);

/** Words of a line: single quotes take all as it stands, a backslash takes the next character. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? "";
    if (character === "#" && word === undefined) break;
    if (character === " " || character === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const end = line.indexOf("'", i + 1);
      word = (word ?? "") + line.slice(i + 1, end < 0 ? line.length : end);
      i = end < 0 ? line.length : end;
    } else if (character === "\\") {
      word = (word ?? "") + (line[i + 1] ?? "");
      i++;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

export function readHaproxy(text: string): readonly HaproxySection[] {
  const found: { words: readonly string[]; lines: (readonly string[])[] }[] = [];
  for (const line of text.split(/\r\n|\n/)) {
    const words = wordsOf(line);
    const first = words[0];
    if (first === undefined) continue;
    if (sections.has(first) && !/^\s/.test(line)) found.push({ words, lines: [] });
    else found.at(-1)?.lines.push(words);
  }
  return found;
}

/** Every `backend` that has servers, in file order. */
export function haproxyPools(text: string): readonly HaproxyPool[] {
  return readHaproxy(text).flatMap(({ words, lines }): readonly HaproxyPool[] => {
    const servers = lines.filter((line) => line[0] === "server").map((line) => serverOf(line.slice(1)));
    return words[0] !== "backend" || servers.length === 0 ? [] : [{ name: words[1] ?? "", method: methodOf(lines), servers }];
  });
}

function methodOf(lines: readonly (readonly string[])[]): HaproxyMethod | undefined {
  const [, name = "roundrobin"] = lines.find((line) => line[0] === "balance") ?? [];
  const draws = /^random(?:\((\d+)\))?$/.exec(name);
  if (draws !== null) return { kind: "random", draws: numberIn(draws[1]) ?? 2 };
  if (name === "roundrobin" || name === "static-rr" || name === "leastconn" || name === "first") return { kind: name };
  if (name === "source") return hashOf("address", lines);
  if (name === "uri") return hashOf("uri", lines);
  return name === "hash" || /^(?:hdr|url_param)/.test(name) ? hashOf("text", lines) : undefined;
}

/** `hash-type map-based sdbm` unless told; `consistent` without a function adds avalanche. */
function hashOf(of: HaproxyHash["of"], lines: readonly (readonly string[])[]): HaproxyMethod | undefined {
  const [, lookup = "map-based", name, modifier] = lines.find((line) => line[0] === "hash-type") ?? [];
  const named = name === undefined || name === "avalanche" ? "sdbm" : name;
  if (named !== "sdbm" && named !== "djb2" && named !== "crc32") return undefined;
  const ring = lookup === "consistent";
  return { kind: "hash", of, lookup: ring ? "ring" : "map", function: named, avalanche: name === "avalanche" || modifier === "avalanche" || (ring && name === undefined) };
}

/** A server with weight 0 gets no new request. */
function serverOf(words: readonly string[]): BalancedServer {
  const after = (name: string): string | undefined => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const weight = numberIn(after("weight")) ?? 1;
  return compact<BalancedServer>({
    name: words[0] ?? "",
    address: words[1] ?? "",
    weight: Math.max(1, weight),
    backup: words.includes("backup"),
    down: words.includes("disabled") || weight === 0,
    maxConnections: numberIn(after("maxconn")),
  });
}
