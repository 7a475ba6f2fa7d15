// A valid policy of so many lines, from realistic declarations, and the same policy as JSON. 10,021 lines are some 276 kB and 36,000 tokens.
// node bench/parse/document.mjs 10021 > long.lbpolicy

const algorithms = ["round_robin", "least_connections", "random", "power_of_two", "ip_hash", 'hash header "X-User" consistent', "least_response_time"];
const zones = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"];

/** @param {number} i what makes the names of this group its own @returns {readonly (readonly string[])[]} declarations, each its lines */
function group(i) {
  const hour = (/** @type {number} */ n) => `${String(n + (i % 9)).padStart(2, "0")}:00`;
  const server = (/** @type {number} */ n) => `  server s${n} 10.${i % 200}.${n}.11:${5000 + n} weight ${1 + (n % 4)} ${n % 3 === 0 ? "capacity 300rps response 40ms" : n % 3 === 1 ? "max_connections 200" : "response 40ms concurrency 8"}`;
  const servers = Array.from({ length: 12 + (i % 9) }, (_, n) => server(n));
  const zone = zones[i % zones.length];
  return [
    [
      `/// The web tier ${i}: fixed machines behind one address.`, `backend shop_${i} {`, `  balance fair_${i}`, `  demand peak_${i}`, "", ...servers, `  server spare 10.9.9.9:${5000 + i % 9000} backup`, "",
      '  health http "/healthz" every 5s timeout 1s rise 2 fall 3', "  health passive fall 3 for 10s", "  timeout connect 1s read 30s", "  keepalive 64", "}",
    ],
    [
      `// Answers from an elastic pool, number ${i}.`, `backend chat_${i} {`, "  balance least_connections", `  demand week_${i}`, "",
      "  replica response 650ms at 1, 1.6s at 24 cost $2.10/h", "  workload {", `    image "registry.example.com/llm:${i}"`, "    port 8000", "    cpu 4..4", "    memory 16Gi..24Gi", "    gpu 1",
      "    startup 45s", "    env MODE \"fast\"", "    label \"team\" \"chat\"", "  }", `  scale 2..${20 + (i % 80)} {`, `    on busy_${i}, surge_${i}`, `    during office_${i}`, "  }", "  stream on", "  timeout read 10m", "}",
    ],
    [`param peak_${i} = ${600 + i}rps`],
    [`strategy fair_${i} {`, `  algorithm ${algorithms[i % algorithms.length]}`, `  affinity cookie "SRV${i}" ttl 1h`, "  retry 2 on error, timeout, 502, 503", "}"],
    [
      "/// Keeps members at a part of their capacity.", `threshold busy_${i} {`, `  target load_factor ${60 + (i % 20)}%`, "  tolerance 10%",
      "  up { by 4 every 15s  by 100% every 15s  select max }", "  down { by 10% every 1m  stabilize 5m }", "}",
    ],
    [`threshold surge_${i} {`, "  when load_factor > 95% for 30s double", "  cooldown 3m", "}"],
    [`schedule office_${i} {`, "  every mon-fri 08:00-20:00", `  timezone "${zone}"`, `  replicas ${5 + (i % 9)}`, "}"],
    [
      `service front_${i} {`, `  listen ${8000 + i}`, `  host "shop${i}.example.com"`, "  # per client, not for all of them together", "  limit 50/s burst 100 nodelay by client_ip",
      `  route "/v1/chat" to chat_${i}`, `  route "/" to shop_${i}`, "}",
    ],
    [
      `traffic week_${i} {`, `  timezone "${zone}"`, `  daily ${hour(0)} 60rps, ${hour(4)} 300rps, ${hour(9)} 700rps, ${hour(13)} 1100rps`, "  burst 1.3x at 12:30 for 10m", `  noise 8% seed ${i}`, "}",
    ],
    [
      `scenario day_${i} {`, `  backend chat_${i}`, `  traffic week_${i}`, "  duration 24h", "  expect p95 < 3s", "  expect availability >= 99.9%", "  /* as agreed */ expect flaps <= 4", "}",
    ],
  ];
}

/**
 * A policy of exactly so many lines, at least 120, without an error.
 * @param {number} lines
 */
export function policyDocument(lines) {
  /** @type {string[]} */
  const all = [];
  for (let i = 0; ; i++) {
    const next = group(i).flatMap((declaration) => [...declaration, ""]);
    if (all.length + next.length > lines) break;
    all.push(...next);
  }
  for (let i = 0; all.length < lines; i++) all.push(`# spare line ${i}`);
  return `${all.join("\n")}\n`;
}

/**
 * The same policy as JSON, of the same length: as objects by kind, compact, as many of the declarations as
 * fit (JSON takes more room for the same), then spaces.
 * @param {string} text a policy
 * @param {import("../../out/language/src/syntax/tree.js").FileNode} tree its tree
 */
export function jsonDocument(text, tree) {
  const slice = (/** @type {import("../../out/language/src/text/range.js").Range} */ range) => text.slice(range.start, range.end);
  /** @param {readonly import("../../out/language/src/syntax/tree.js").Field[]} fields @returns {Record<string, unknown>} */
  const fieldsOf = (fields) => Object.fromEntries(fields.map(({ label, value }) => [label, value === undefined ? true : valueOf(value)]));
  /** @param {import("../../out/language/src/syntax/tree.js").Value} value @returns {unknown} */
  const valueOf = (value) => {
    if (value.type === "list") return value.items.map(valueOf);
    if (value.type === "group") return fieldsOf(value.fields);
    if (value.type === "string") return value.value;
    return value.type === "literal" && value.kind === "number" ? value.value : slice(value.range);
  };
  /** @param {readonly import("../../out/language/src/syntax/tree.js").Statement[]} statements @returns {Record<string, unknown>} */
  const blockOf = (statements) => {
    /** @type {Record<string, unknown[]>} */
    const kinds = {};
    for (const { spec, fields, block } of statements) {
      const own = { ...fieldsOf(fields), ...(block === undefined ? {} : blockOf(block.statements)) };
      const [only, more] = Object.keys(own);
      (kinds[spec.keyword] ??= []).push(only !== undefined && more === undefined ? own[only] : own);
    }
    return Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all.length === 1 ? all[0] : all]));
  };
  const all = tree.declarations.map((declaration) => JSON.stringify(blockOf([declaration])));
  while (all.length > 1 && all.join(",\n").length + 4 > text.length) all.pop();
  const body = all.join(",\n");
  return `[\n${body}${" ".repeat(Math.max(0, text.length - body.length - 3))}]`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.stdout.write(policyDocument(Number(process.argv[2] ?? 10_021)));
