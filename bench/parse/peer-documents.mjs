// The benchmark policy said in JSON (with comments, as VS Code's settings) and in YAML: line by line, so that a place in one is the same line in all,
// and the schema that holds both to what the language holds a policy to.

/** How a statement's words are named: what stands first, the options that follow, those of them that are one word, and those that are lists. */
/** @type {Readonly<Record<string, { readonly first?: readonly string[], readonly options?: readonly string[], readonly flags?: readonly string[], readonly lists?: readonly string[] }>>} */
const shapes = {
  server: { first: ["name", "address"], options: ["weight", "capacity", "response", "concurrency", "max_connections"], flags: ["backup"] },
  replica: { options: ["response", "cost"] },
  health: { first: ["kind"], options: ["path", "every", "timeout", "rise", "fall", "for"] },
  timeout: { options: ["connect", "read"] },
  env: { first: ["name", "value"] },
  label: { first: ["key", "value"] },
  scale: { first: ["range"] },
  affinity: { first: ["kind", "name"], options: ["ttl"] },
  retry: { first: ["count"], options: ["on"], lists: ["on"] },
  target: { first: ["metric", "value"] },
  by: { first: ["amount"], options: ["every"] },
  when: { first: ["metric", "operator", "value"], options: ["for"], flags: ["double"] },
  every: { first: ["days", "time"] },
  limit: { first: ["rate"], options: ["burst", "by"], flags: ["nodelay"] },
  route: { first: ["path"], options: ["to"] },
  burst: { first: ["factor"], options: ["at", "for"] },
  noise: { first: ["share"], options: ["seed"] },
  expect: { first: ["measure", "operator", "value"] },
  on: { lists: ["on"] },
};
const repeatable = new Set(["server", "health", "route", "expect"]);

/** @typedef {string | number | boolean | readonly (string | number)[] | { readonly [key: string]: Plain } | readonly { readonly [key: string]: Plain }[]} Plain */

/** @param {string} word @returns {string | number} */
const scalar = (word) => (word.startsWith("\"") ? JSON.parse(word) : /^\d+(\.\d+)?$/.test(word) ? Number(word) : word);
/** @param {readonly string[]} words @returns {string | number} */
const phrase = (words) => (words.length === 1 ? scalar(words[0] ?? "") : words.map((word) => (word.startsWith("\"") ? JSON.parse(word) : word)).join(" ").replaceAll(" ,", ","));
/** @param {readonly string[]} words */
const listed = (words) => words.filter((word) => word !== ",").map(scalar);

/** @param {readonly string[]} words a statement without its block @returns {Plain} */
function plainOf([keyword = "", ...words]) {
  if (keyword === "health" && words[0] === "http") words.splice(1, 0, "path");
  const { first = [], options = [], flags = [], lists = [] } = shapes[keyword] ?? {};
  if (first.length === 0 && options.length === 0) return lists.length > 0 ? listed(words) : phrase(words);
  if (keyword === "daily") return phrase(words);
  /** @type {Record<string, Plain>} */
  const found = {};
  let i = 0;
  for (const name of first) {
    const word = words[i++];
    if (word !== undefined) found[name] = scalar(word);
  }
  while (i < words.length) {
    const name = words[i++] ?? "";
    if (flags.includes(name)) {
      found[name] = true;
      continue;
    }
    const begin = i;
    while (i < words.length && !options.includes(words[i] ?? "") && !flags.includes(words[i] ?? "")) i++;
    found[name] = lists.includes(name) ? listed(words.slice(begin, i)) : phrase(words.slice(begin, i));
  }
  return found;
}

/** The statements of a block that is written on one line. @param {readonly string[]} words @returns {Plain} */
function inlineBlock(words) {
  /** @type {Record<string, Plain>} */
  const found = {};
  /** @type {string[][]} */
  const statements = [];
  for (const word of words) {
    if (["by", "select", "stabilize"].includes(word)) statements.push([word]);
    else statements.at(-1)?.push(word);
  }
  const limits = statements.filter(([keyword]) => keyword === "by").map((statement) => /** @type {{ [key: string]: Plain }} */ (plainOf(statement)));
  if (limits.length > 0) found["by"] = limits;
  for (const statement of statements) if (statement[0] !== "by") found[statement[0] ?? ""] = plainOf(statement);
  return found;
}

/**
 * @typedef {{ readonly comment?: string, readonly opens?: string, readonly with?: Plain, readonly closes?: true, readonly key?: string, readonly value?: Plain, readonly depth: number }} Line
 * @param {string} text a policy of document.mjs @returns {readonly Line[]} what each of its lines says
 */
function linesOf(text) {
  let depth = 0;
  return text.replace(/\n$/, "").split("\n").map((line) => {
    const own = line.trim();
    const inline = /^\/\* (.*) \*\/ (.*)$/.exec(own);
    const comment = inline?.[1] ?? /^(?:\/{2,3}|#) (.*)$/.exec(own)?.[1];
    const statement = inline?.[2] ?? (comment === undefined ? own : "");
    const words = statement.match(/"[^"]*"|[<>]=?|[{},=]|[^\s{},=<>]+/g) ?? [];
    const about = comment === undefined ? {} : { comment };
    if (words.length === 0) return { ...about, depth };
    if (words[0] === "}") return { closes: true, depth: --depth };
    if (words.at(-1) === "{") {
      const [keyword = "", ...rest] = words.slice(0, -1);
      const at = depth++;
      if (at === 0) return { ...about, opens: `${keyword} ${rest.join(" ")}`, depth: at };
      return { ...about, opens: keyword, ...(rest.length === 0 ? {} : { with: plainOf([keyword, ...rest]) }), depth: at };
    }
    if (words[1] === "{") return { ...about, key: words[0] ?? "", value: inlineBlock(words.slice(2, -1)), depth };
    if (words[0] === "param") return { ...about, key: `param ${words[1]}`, value: phrase(words.slice(3)), depth };
    return { ...about, key: words[0] ?? "", value: plainOf(words), depth };
  });
}

/** Whether the line is the first, and the last, of those that repeat its statement. @param {readonly Line[]} lines @param {number} i */
function placeInRun(lines, i) {
  const { key = "", depth } = lines[i] ?? { depth: 0 };
  const others = (/** @type {-1 | 1} */ step) => {
    for (let j = i + step; ; j += step) {
      const line = lines[j];
      if (line === undefined || line.opens !== undefined || line.closes === true) return false;
      if (line.key !== undefined) return line.key === key && line.depth === depth;
    }
  };
  return { first: !others(-1), last: !others(1) };
}

/** @param {Plain} value */
const compact = (value) => JSON.stringify(value).replaceAll("\":", "\": ").replace(/,(?=[\d"{[])/g, ", ");

/** @param {string} text a policy @returns {string} the same in JSON with comments, in as many lines */
export function jsonLines(text) {
  const lines = linesOf(text);
  const followed = (/** @type {number} */ i) => {
    const next = lines.slice(i + 1, i + 12).find((line) => line.key !== undefined || line.opens !== undefined || line.closes === true);
    return next !== undefined && next.closes !== true ? "," : "";
  };
  const written = lines.map((line, i) => {
    const pad = "  ".repeat(line.depth);
    const comment = line.comment === undefined ? "" : ` // ${line.comment}`;
    if (line.closes === true) return `${pad}}${followed(i)}`;
    if (line.opens !== undefined) return `${pad}${JSON.stringify(line.opens)}: {${line.with === undefined ? "" : compact(line.with).slice(1, -1)}${line.with === undefined ? "" : followed(i)}${comment}`;
    if (line.key === undefined) return `${pad}${comment.trimStart()}`.trimEnd();
    if (!repeatable.has(line.key)) return `${pad}${JSON.stringify(line.key)}: ${compact(line.value ?? true)}${followed(i)}${comment}`;
    const { first, last } = placeInRun(lines, i);
    return `${pad}${first ? `${JSON.stringify(line.key)}: [` : "  "}${compact(line.value ?? true)}${last ? `]${followed(i)}` : ","}${comment}`;
  });
  written[0] = `{ ${written[0]}`;
  const end = written.length - 1;
  written[end] = `} ${written[end]}`.trimEnd();
  return `${written.join("\n")}\n`;
}

/** A flow value with plain scalars where they are safe. @param {Plain} value @returns {string} */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, each]) => `${key}: ${flow(each)}`).join(", ")}}`;
  return typeof value === "string" && /^[A-Za-z][\w./-]*$|^\d+(\.\d+)?(%|[A-Za-z][\w/]*)$/.test(value) && !/^(on|off|yes|no|true|false|null|\d+e\d+)$/i.test(value) ? value : JSON.stringify(value);
}

/** @param {string} text a policy @returns {string} the same in YAML, in as many lines (empty ones where a brace closes) */
export function yamlLines(text) {
  const lines = linesOf(text);
  return `${lines.map((line, i) => {
    const pad = "  ".repeat(line.depth);
    const comment = line.comment === undefined ? "" : ` # ${line.comment}`;
    if (line.closes === true) return "";
    // What stands beside a block that opens has no place on that line but in its key.
    if (line.opens !== undefined) return `${pad}${line.with === undefined ? line.opens : `${line.opens} ${Object.values(line.with).join(" ")}`}:${comment}`;
    if (line.key === undefined) return `${pad}${comment.trimStart()}`.trimEnd();
    const key = `${line.key}: `;
    if (!repeatable.has(line.key)) return `${pad}${key}${flow(line.value ?? true)}${comment}`;
    const { first, last } = placeInRun(lines, i);
    return `${pad}${first ? `${key}[` : "  "}${flow(line.value ?? true)}${last ? "]" : ","}${comment}`;
  }).join("\n")}\n`;
}

const text = { type: "string" };
const count = { type: "integer", minimum: 0 };
const duration = { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+$" };
const rate = { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(rps|/[smhd])$" };
const ratio = { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?%$" };
const name = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_-]*$" };
const range = { type: ["string", "integer"], pattern: "^[0-9.]+[KMGTi]*(\\.\\.[0-9.]+[KMGTi]*)?$" };
const operator = { enum: ["<", "<=", ">", ">="] };
const countOrRatio = { anyOf: [count, ratio] };
const timezone = { type: "string", pattern: "^[A-Z][A-Za-z_]*(/[A-Za-z_]+)*$" };
/** @param {Record<string, any>} properties @param {string[]} required */
const object = (properties, required = []) => ({ type: "object", properties, required, additionalProperties: false });
const curve = { type: "string", pattern: "^[0-9.]+(ms|s|m)( at [0-9]+)?(, [0-9.]+(ms|s|m) at [0-9]+)*$" };
const member = { capacity: rate, response: curve, concurrency: count, max_connections: count, cost: { type: "string", pattern: "^\\$[0-9.]+/h$" } };
const limits = object({ by: { type: "array", items: object({ amount: countOrRatio, every: duration }, ["amount", "every"]) }, select: { enum: ["max", "min", "disabled"] }, stabilize: duration });
const scale = object({ range, on: { type: "array", items: name }, during: name });
const backend = object({
  balance: name, demand: text,
  server: { type: "array", items: object({ name, address: { type: "string", pattern: "^[0-9.]+:[0-9]+$" }, weight: { type: "integer", minimum: 0, maximum: 256 }, ...member, backup: { type: "boolean" } }, ["name", "address"]) },
  replica: object(member),
  workload: object({ image: text, port: { type: "integer", minimum: 1, maximum: 65535 }, cpu: range, memory: range, gpu: count, startup: duration, env: object({ name, value: text }), label: object({ key: text, value: text }) }),
  scale,
  health: { type: "array", items: object({ kind: { enum: ["http", "tcp", "grpc", "passive"] }, path: text, every: duration, timeout: duration, rise: count, fall: count, for: duration }, ["kind"]) },
  timeout: object({ connect: duration, read: duration }), keepalive: { type: "integer", minimum: 1, maximum: 10000 }, stream: { enum: ["on", "off"] },
});

/** The schema of both. @type {any} */
export const policySchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  patternProperties: {
    "^param ": { type: "string" },
    "^backend ": { ...backend, patternProperties: { "^scale ": scale } },
    "^strategy ": object({ algorithm: text, affinity: object({ kind: { enum: ["cookie", "ip"] }, name: text, ttl: duration }), retry: object({ count, on: { type: "array", items: { type: ["string", "integer"] } } }) }),
    "^threshold ": object({
      target: object({ metric: name, value: ratio }), tolerance: ratio, up: limits, down: limits, cooldown: duration,
      when: object({ metric: name, operator, value: ratio, for: duration, double: { type: "boolean" } }),
    }),
    "^schedule ": object({ every: object({ days: text, time: text }), timezone, replicas: count }),
    "^service ": object({
      listen: { type: "integer", minimum: 1, maximum: 65535 }, host: text, limit: object({ rate, burst: count, nodelay: { type: "boolean" }, by: { enum: ["client_ip", "everyone"] } }),
      route: { type: "array", items: object({ path: text, to: name }, ["path", "to"]) },
    }),
    "^traffic ": object({ timezone, daily: text, burst: object({ factor: text, at: text, for: duration }), noise: object({ share: ratio, seed: count }) }),
    "^scenario ": object({ backend: name, traffic: name, duration, expect: { type: "array", items: object({ measure: name, operator, value: { type: ["string", "integer"] } }, ["measure", "operator", "value"]) } }),
  },
};
