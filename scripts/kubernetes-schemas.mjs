// Writes language/src/compile/kubernetes/schemas.ts from the published schemas in test/kubernetes: node scripts/kubernetes-schemas.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";

const root = new URL("../", import.meta.url);

/** Not the compiler's business, or another version of what it writes. */
const leftOut = new Set(["autoscaling/v1/HorizontalPodAutoscaler", "gateway.networking.k8s.io/v1beta1/HTTPRoute"]);
/** What says nothing about the value. KEDA's one rule in CEL is about names of triggers, which the semantic rules hold. */
const silent = new Set(["description", "default", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations", "x-kubernetes-int-or-string"]);
const plain = new Set(["type", "required", "enum", "const", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"]);
const metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** The text of schemas.ts: every different schema once, in which the nested ones are places in the same list. */
export function schemasModule() {
  const json = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`test/kubernetes/${name}`, root), "utf8"));
  const subset = json("k8s-subset.schema.json");
  const keda = parse(readFileSync(new URL("test/kubernetes/keda.sh_scaledobjects.crd.yaml", root), "utf8")).spec.versions[0].schema.openAPIV3Schema;
  const resources = { ...json("crds.schema.json").schemas, "keda.sh/v1alpha1/ScaledObject": keda };
  /** @type {string[]} */
  const nodes = [];
  /** @type {Map<string, number>} */
  const places = new Map();
  /** @type {Map<string, number>} */
  const definitions = new Map();

  /** @param {any} schema @returns {number} */
  function intern(schema) {
    if (typeof schema.$ref === "string") return definition(schema.$ref.slice("#/definitions/".length));
    const text = JSON.stringify(written(schema));
    const known = places.get(text);
    if (known !== undefined) return known;
    nodes.push(text);
    places.set(text, nodes.length - 1);
    return nodes.length - 1;
  }

  /** @param {string} name */
  function definition(name) {
    const known = definitions.get(name);
    if (known === -1) throw new Error(`${name} holds itself`);
    if (known !== undefined) return known;
    definitions.set(name, -1);
    const place = intern(subset.definitions[name]);
    definitions.set(name, place);
    return place;
  }

  /** @param {any} schema */
  function written(schema) {
    /** @type {Record<string, unknown>} */
    const node = {};
    const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
    for (const [key, value] of Object.entries(schema)) {
      if (plain.has(key)) node[key] = key === "pattern" ? portable(value) : value;
      else if (key === "format") {
        if (value === "int32") node[key] = value;
      } else if (key === "properties") node[key] = Object.fromEntries(Object.entries(value).filter(([name]) => name !== "status").map(([name, property]) => [name, intern(property)]));
      else if (key === "items") node[key] = intern(value);
      else if (key === "additionalProperties") node[key] = typeof value === "object" ? intern(value) : value;
      // All alternatives of these schemas exclude each other.
      else if (key === "oneOf" || key === "anyOf") node["anyOf"] = value.map(intern);
      else if (!silent.has(key) && key !== "x-kubernetes-preserve-unknown-fields") throw new Error(`the keyword ${key} is not known here`);
    }
    if (schema.properties !== undefined && schema.additionalProperties === undefined && !isOpen) node["additionalProperties"] = false;
    return node;
  }

  /** @type {Record<string, number>} */
  const kinds = {};
  for (const [kind, reference] of Object.entries(subset["x-kinds"])) if (!leftOut.has(kind)) kinds[kind] = definition(String(reference).slice("#/definitions/".length));
  for (const [kind, schema] of Object.entries(resources)) {
    if (!leftOut.has(kind)) kinds[kind] = intern({ ...schema, properties: { ...schema.properties, metadata: { $ref: `#/definitions/${metadata}` } } });
  }
  const text = JSON.stringify({ kinds, nodes: nodes.map((node) => JSON.parse(node)) });
  return `/**
 * The published schemas of the kinds that the compiler knows, without descriptions, statuses and defaults, as JSON that nothing reads before a compile.
 * Written by scripts/kubernetes-schemas.mjs from test/kubernetes (Apache-2.0: The Kubernetes Authors, The KEDA Authors, The Gateway API Authors, The
 * Prometheus Operator Authors); every different schema stands once, and nested ones are places in the list.
 */
export const schemasJson = '${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}';
`;
}

/** Go writes "in either case" as \`(?i)\`. @param {string} pattern */
function portable(pattern) {
  return pattern.includes("(?i)") ? pattern.replace("(?i)", "").replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`) : pattern;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(fileURLToPath(new URL("language/src/compile/kubernetes/schemas.ts", root)), schemasModule());
}
