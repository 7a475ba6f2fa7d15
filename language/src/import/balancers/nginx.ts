/** The upstreams of an nginx configuration, as the simulator understands them. */
import type { BalancedServer } from "../../simulate/balancers/balancer.ts";
import type { NginxMethod } from "../../simulate/balancers/nginx.ts";
import { compact } from "../../model/context.ts";
import type { NginxPool } from "./pool.ts";
import { numberIn } from "./pool.ts";

/** A directive with its arguments, and what stands in its braces. */
export interface NginxDirective {
  readonly words: readonly string[];
  readonly block: readonly NginxDirective[];
}

const piece = /\s+|#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[;{}]|[^\s;{}"'#][^\s;{}]*/gy;

/** The directives of a configuration. Reads what nginx itself accepts; text that it would refuse is read as far as it goes. */
export function readNginx(text: string): readonly NginxDirective[] {
  const root: NginxDirective[] = [];
  const open: NginxDirective[][] = [root];
  let words: string[] = [];
  for (const match of text.matchAll(piece)) {
    const [image, double, single] = match;
    const current = open.at(-1) ?? root;
    if (double !== undefined || single !== undefined) words.push((double ?? single ?? "").replaceAll(/\\(.)/g, "$1"));
    else if (image === ";") {
      if (words.length > 0) current.push({ words, block: [] });
      words = [];
    } else if (image === "{") {
      const block: NginxDirective[] = [];
      current.push({ words, block });
      open.push(block);
      words = [];
    } else if (image === "}") {
      if (open.length > 1) open.pop();
      words = [];
    } else if (!/^[\s#]/.test(image)) words.push(image);
  }
  return root;
}

/** Every `upstream` of http and stream, in file order. */
export function nginxPools(text: string): readonly NginxPool[] {
  const visit = (directives: readonly NginxDirective[]): readonly NginxPool[] => directives.flatMap((directive) => (
    directive.words[0] === "upstream" ? [poolOf(directive)] : visit(directive.block)
  ));
  return visit(readNginx(text));
}

function poolOf(upstream: NginxDirective): NginxPool {
  const servers = upstream.block.filter(({ words }) => words[0] === "server").map(({ words }) => serverOf(words.slice(1)));
  return { name: upstream.words[1] ?? "", method: methodOf(upstream), servers };
}

function methodOf(upstream: NginxDirective): NginxMethod | undefined {
  for (const { words: [name, first, second] } of upstream.block) {
    switch (name) {
      case "least_conn": return { kind: "least_conn" };
      case "ip_hash": return { kind: "ip_hash" };
      case "random": return first === "two" ? (second === undefined || second === "least_conn" ? { kind: "random_two" } : undefined) : { kind: "random" };
      case "hash": return { kind: "hash", key: first === "$binary_remote_addr" ? "address" : "text", consistent: second === "consistent" };
      case "least_time": case "sticky": return undefined;
      default: break;
    }
  }
  return { kind: "round_robin" };
}

/** nginx's own defaults where an argument is left out. */
function serverOf(words: readonly string[]): BalancedServer {
  const value = (name: string): string | undefined => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const address = words[0] ?? "";
  const failSeconds = /^(\d+)(s|m|h|d)?$/.exec(value("fail_timeout") ?? "");
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[failSeconds?.[2] ?? "s"] ?? 1;
  return compact<BalancedServer>({
    name: address,
    address,
    weight: numberIn(value("weight")) ?? 1,
    backup: words.includes("backup"),
    down: words.includes("down"),
    maxConnections: numberIn(value("max_conns")),
    maxFails: numberIn(value("max_fails")) ?? 1,
    failSeconds: failSeconds === null ? 10 : Number(failSeconds[1]) * unit,
  });
}
