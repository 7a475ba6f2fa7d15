/**
 * Limits. Only admitted requests are counted (compile.md finding 2): with burst B at rate R the B+1st within (B+1)/R is refused, so that the
 * long-run rate is R and a client that keeps asking is not locked out. Keys of headers are digests, for a table cuts longer ones.
 */
import { burstNotDelayed, limitsTooMany } from "../../diagnostics/targets-balancers.ts";
import type { Limit, LimitKey, Service } from "../../model/service.ts";
import { durationText } from "../emit/quantities.ts";
import type { Condition, HaproxyContext } from "./context.ts";
import { anonymous, namedSample, place, when } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord } from "./words.ts";
import { sample, word, words } from "./words.ts";

const slots = 3;
/** gpc0 and gpc1. */
const ratesPerKey = 2;

/** The limits that share a key count in one table. */
interface Table {
  readonly by: LimitKey;
  readonly limits: Limit[];
}

export function limitRules(context: HaproxyContext, service: Service, condition: Condition, layer: "http" | "tcp"): readonly Line[] {
  const tables = tablesOf(context, service, layer);
  const track: Line[] = [];
  const deny: Line[] = [];
  const count: Line[] = [];
  tables.forEach((table, slot) => {
    const name = tableSection(context, service, table);
    track.push(...trackLines(context, table, slot, name, condition, layer));
    let counter = 0;
    for (const limit of table.limits) {
      if (limit.kind === "connections") {
        const full = anonymous(`sc_conn_cur(${slot}) gt ${limit.count}`);
        const action = layer === "http" ? refusal(limit.status) : "tcp-request connection reject";
        deny.push(line([...words(action), ...when([...condition, ...full])], limit.origin));
        continue;
      }
      if (limit.burst > 0 && !limit.nodelay) context.parity.differs(burstNotDelayed, limit.origin, { program: context.program }, `service ${service.name}: limit`, "nearest");
      deny.push(line([...words(refusal(limit.status)), ...when([...condition, ...anonymous(`sc_gpc${counter}_rate(${slot}) ge ${(limit.burst + 1) * stepOf(limit)}`)])], limit.origin));
      for (let i = 0; i < stepOf(limit); i++) count.push(line([...words(`http-request sc-inc-gpc${counter}(${slot})`), ...when(condition)], limit.origin));
      counter++;
    }
  });
  return [...track, ...deny, ...count];
}

/**
 * What an admitted request counts. HAProxy keeps a single event of the last period in sight for the whole of the next, so that without a burst half
 * of the rate would be admitted (29 of 60 in 20 s at 3/s); two events it forgets in proportion, like all others.
 */
function stepOf(limit: Extract<Limit, { readonly kind: "rate" }>): number {
  return limit.burst === 0 ? 2 : 1;
}

function tablesOf(context: HaproxyContext, service: Service, layer: "http" | "tcp"): readonly Table[] {
  const tables: Table[] = [];
  for (const limit of service.limits) {
    if (layer === "tcp" && limit.kind === "rate") continue;
    const room = tables.find((table) => JSON.stringify(table.by) === JSON.stringify(limit.by) && (limit.kind === "connections" || rates(table) < ratesPerKey));
    if (room !== undefined) room.limits.push(limit);
    else if (tables.length < slots) tables.push({ by: limit.by, limits: [limit] });
    else context.parity.differs(limitsTooMany, limit.origin, { program: context.program, most: slots }, `service ${service.name}: limit`, "dropped");
  }
  return tables;
}

/** The statuses of `deny_status`, for which HAProxy has a page; any other is returned bare. */
const denied = [400, 401, 403, 404, 405, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504];

function refusal(status: number): string {
  return denied.includes(status) ? `http-request deny deny_status ${status}` : `http-request return status ${status}`;
}

function rates(table: Table): number {
  return table.limits.filter((limit) => limit.kind === "rate").length;
}

/** A table is a backend without servers. */
function tableSection(context: HaproxyContext, service: Service, table: Table): string {
  const key = `table ${service.name} ${JSON.stringify(table.by)} ${table.limits.map((limit) => limit.origin.range.start).join(" ")}`;
  const known = context.shared.get(key);
  if (known !== undefined) return String(known.title[1]);
  const name = context.sectionNames(`limits.${service.name}`);
  let counter = 0;
  let longestSeconds = 60;
  const stores = [...new Set(table.limits.flatMap((limit) => {
    if (limit.kind === "connections") return ["conn_cur"];
    const periodSeconds = (limit.burst + 1) / limit.ratePerSecond;
    longestSeconds = Math.max(longestSeconds, periodSeconds);
    return [`gpc${counter}`, `gpc${counter++}_rate(${milliseconds(periodSeconds)})`];
  }))];
  const type = table.by.kind === "header" ? "binary len 32" : table.by.kind === "everyone" ? "integer" : "ipv6";
  const origin = table.limits[0]?.origin;
  context.shared.set(key, {
    title: [word("backend"), word(name)],
    comment: `limits of service ${service.name} (${table.limits.map((limit) => place(context, limit.origin)).join(", ")})`,
    lines: [line([...words(`stick-table type ${type} size 100k expire ${durationText(Math.min(longestExpirySeconds, Math.ceil(longestSeconds)))} store`), word(stores.join(","))], origin)],
    origin,
  });
  return name;
}

/** HAProxy's timers hold 2^31 − 1 ms. */
const longestExpirySeconds = 2_147_483;

function milliseconds(seconds: number): string {
  return `${Math.min(2_147_483_647, Math.max(1, Math.round(seconds * 1000)))}ms`;
}

function trackLines(context: HaproxyContext, table: Table, slot: number, name: string, condition: Condition, layer: "http" | "tcp"): readonly Line[] {
  const origin = table.limits[0]?.origin;
  const action = layer === "http" ? `http-request track-sc${slot}` : `tcp-request connection track-sc${slot}`;
  const tracked = (key: HaproxyWord, terms: Condition): Line => line([...words(action), key, word("table"), word(name), ...when([...condition, ...terms])], origin);
  if (table.by.kind === "everyone") return [tracked(word(sample("int", ["1"])), [])];
  if (!("name" in table.by) || origin === undefined) return [tracked(word("src"), [])];
  const header = namedSample(context, "req.fhdr", table.by.name, origin, ["sha2(256)"]);
  const present = namedSample(context, "req.fhdr", table.by.name, origin);
  return [
    tracked(word(header), [word("{"), word(present), ...words("-m len gt 0"), word("}")]),
    tracked(word(sample("src", [], ["sha2(256)"])), [word("!{"), word(present), ...words("-m len gt 0"), word("}")]),
  ];
}
