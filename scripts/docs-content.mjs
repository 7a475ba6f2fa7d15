// The generated parts of the documentation as texts, without writing them.

/**
 * @typedef {import("../language/src/syntax/spec.ts").Element} Element
 * @typedef {import("../language/src/syntax/spec.ts").BlockSpec} BlockSpec
 * @typedef {import("../language/src/syntax/spec.ts").StatementSpec} StatementSpec
 * @typedef {import("../language/src/syntax/spec.ts").ValueElement} ValueElement
 * @typedef {import("../language/src/syntax/spec.ts").Option} Option
 */

/**
 * Path and text of every generated file. Tables of docs/language.md stand between `<!-- table: NAME -->` and `<!-- end -->`.
 * @param {(path: string) => string} read
 * @returns {Promise<readonly (readonly [path: string, text: string])[]>}
 */
export async function generatedFiles(read) {
  const { families, familyOf, registry } = await import(new URL("../out/language/src/diagnostics/registry.js", import.meta.url).href);
  const { fileBlock } = await import(new URL("../out/language/src/syntax/constructs/index.js", import.meta.url).href);
  return [
    ["docs/diagnostics/README.md", indexPage(registry, families, familyOf)],
    ["docs/language.md", withTables(read("docs/language.md"), blocksOf(fileBlock))],
    ["schemas/lbpolicy.schema.json", `${JSON.stringify(settingsSchema(registry), null, 2)}\n`],
  ];
}

/**
 * @param {readonly { readonly code: string, readonly name: string, readonly severity: string }[]} registry
 * @param {Readonly<Record<string, string>>} families
 * @param {(code: string) => string} familyOf
 */
function indexPage(registry, families, familyOf) {
  const sections = Object.entries(families).flatMap(([prefix, family]) => {
    const kinds = registry.filter((kind) => familyOf(kind.code) === family);
    if (kinds.length === 0) return [];
    const rows = kinds.map(({ code, name, severity }) => `| [${code}](${code}.md) | \`${name}\` | ${severity} |`);
    return [`## ${prefix}xxx: ${family}\n\n| code | name | severity |\n| --- | --- | --- |\n${rows.join("\n")}\n`];
  });
  return `# Diagnostics\n\n<!-- Made by npm run docs. -->\n\nEach has a page with a bad and a good example. \`lbpolicy explain CODE\` prints it. Severities can be changed in lbpolicy.json, and most diagnostics silenced by a comment: see [the language](../language.md#silencing-a-diagnostic).\n\n${sections.join("\n")}`;
}

/** @param {readonly { readonly code: string, readonly name: string }[]} registry */
function settingsSchema(registry) {
  const severity = { enum: ["error", "warning", "information", "hint", "off"] };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Settings of lbpolicy",
    description: "What holds for all policies below this folder.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      severities: {
        description: "Severities by the code of a diagnostic. Errors of syntax, names and values are shown otherwise and still prevent compiling.",
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(registry.map(({ code, name }) => [code, { ...severity, description: name }])),
      },
      targets: {
        description: "Targets that policies are checked for that declare none themselves.",
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { enum: ["nginx", "haproxy", "kubernetes"] },
      },
      params: {
        description: "Values of params, as after --set. Params that a policy does not declare are passed over.",
        type: "object",
        additionalProperties: { type: ["string", "number"] },
      },
    },
  };
}

/**
 * @param {string} page
 * @param {ReadonlyMap<string, BlockSpec>} blocks
 */
function withTables(page, blocks) {
  return page.replaceAll(/<!-- table: ([^>]+) -->\n[\s\S]*?<!-- end -->/g, (_, /** @type {string} */ name) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`docs/language.md asks for a table of ${name}, which is no block`);
    return `<!-- table: ${name} -->\n\n${tableOf(block)}\n<!-- end -->`;
  });
}

/** @param {BlockSpec} block */
function tableOf(block) {
  const rows = block.statements.flatMap((statement) => [
    row(`\`${syntaxOf(statement)}\``, `${statement.doc}${statement.repeatable ? " Repeatable." : ""}`, statement.default, statement.elements.flatMap(rangesOf)),
    ...statement.elements.flatMap(optionsOf).map((option) => row(`… \`${[option.keyword, ...option.elements.map(textOf)].join(" ")}\``, option.doc, option.default, option.elements.flatMap(rangesOf))),
  ]);
  return `| write | meaning | default | range |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** @param {string} syntax @param {string} meaning @param {string | undefined} standard @param {readonly string[]} ranges */
function row(syntax, meaning, standard, ranges) {
  return `| ${[syntax, meaning, standard === undefined ? "" : `\`${standard}\``, [...new Set(ranges)].join("; ")].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** @param {StatementSpec} statement @returns {string} */
function syntaxOf(statement) {
  return [...(statement.lead === undefined ? [statement.keyword] : []), ...statement.elements.map(textOf)].filter((part) => part !== "").join(" ");
}

/** @type {Readonly<Partial<Record<import("../language/src/syntax/spec.ts").ValueKind, string>>>} */
const words = {
  count: "N", number: "N", ratio: "R", duration: "D", rate: "RATE", size: "SIZE", cpu: "CORES", price: "PRICE", factor: "FACTOR", "count-or-share": "N|N%",
  quantity: "VALUE", demand: "RATE|TRAFFIC", "metric-expression": "METRICS", "count-range": "MIN..MAX", "cpu-range": "REQUEST[..LIMIT]", "size-range": "REQUEST[..LIMIT]",
  "bare-ratio": "R", "bare-factor": "FACTOR", curve: "CURVE", text: '"…"', texts: '"…" …', "text-or-quantity": "VALUE", name: "NAME", reference: "NAME",
  address: "ADDRESS", "port-or-address": "PORT|ADDRESS", metric: "METRIC", comparison: "OP", days: "DAYS", time: "HH:MM", "time-range": "HH:MM-HH:MM",
  date: "DATE", dates: "DATE, …", moment: "TIME|DATE|+D", "status-range": "CODE[-CODE]", "retry-conditions": "error, timeout, 5xx, CODE…", method: "METHOD", column: "COLUMN",
};

/** @param {Element} element @returns {string} */
function textOf(element) {
  switch (element.type) {
    case "word": return element.word;
    case "enum": return element.words.join("|");
    case "value": return words[element.kind] ?? element.kind;
    case "optional": return `[${element.elements.map(textOf).join(" ")}]`;
    case "choice": {
      const alternatives = element.alternatives.map((alternative) => alternative.map(textOf).filter((part) => part !== "").join(" "));
      return alternatives.length === 1 ? alternatives[0] ?? "" : `(${alternatives.join(" | ")})`;
    }
    case "list": return `${element.item.map(textOf).join(" ")}, …`;
    case "options": return "…";
    case "block": return "{ … }";
  }
}

/** @param {Element} element @returns {readonly Option[]} */
function optionsOf(element) {
  switch (element.type) {
    case "options": return element.options;
    case "optional": return element.elements.flatMap(optionsOf);
    case "choice": return [...new Map(element.alternatives.flat().flatMap(optionsOf).map((option) => [`${option.keyword} ${option.doc}`, option])).values()];
    default: return [];
  }
}

/** @param {Element} element @returns {readonly string[]} */
function rangesOf(element) {
  switch (element.type) {
    case "value": return element.min === undefined && element.max === undefined ? [] : [`${bound(element, element.min)} to ${bound(element, element.max)}`];
    case "optional": return element.elements.flatMap(rangesOf);
    case "choice": return element.alternatives.flat().flatMap(rangesOf);
    case "list": return element.item.flatMap(rangesOf);
    default: return [];
  }
}

/** A bound in the unit in which people write it. @param {ValueElement} element @param {number | undefined} value */
function bound(element, value) {
  if (value === undefined) return "any";
  if (element.kind === "duration") {
    for (const [unit, seconds] of /** @type {const} */ ([["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]])) if (value >= seconds && value % seconds === 0) return `${value / seconds}${unit}`;
    return value === 0 ? "0s" : `${value * 1000}ms`;
  }
  if (element.kind === "ratio" || element.kind === "bare-ratio") return `${value * 100}%`;
  if (element.kind === "rate" || element.kind === "demand") return Math.abs(value * 86_400 - 1) < 1e-9 ? "1/d" : `${value.toLocaleString("en-US", { maximumFractionDigits: 6 })}/s`;
  if (element.kind === "size" || element.kind === "size-range") return value >= 2 ** 40 ? `${value / 2 ** 40}Ti` : `${value}B`;
  if (element.kind === "price") return `$${value.toLocaleString("en-US")}/h`;
  return value.toLocaleString("en-US");
}

/**
 * Every block of the language by its name.
 * @param {BlockSpec} block
 * @param {Map<string, BlockSpec>} found
 * @returns {ReadonlyMap<string, BlockSpec>}
 */
function blocksOf(block, found = new Map()) {
  if (found.has(block.name)) return found;
  found.set(block.name, block);
  /** @param {Element} element */
  const visit = (element) => {
    if (element.type === "block") blocksOf(element.block, found);
    else if (element.type === "optional") element.elements.forEach(visit);
    else if (element.type === "choice") element.alternatives.flat().forEach(visit);
    else if (element.type === "options") element.options.flatMap((option) => option.elements).forEach(visit);
    else if (element.type === "list") element.item.forEach(visit);
  };
  for (const statement of block.statements) statement.elements.forEach(visit);
  return found;
}
