/** The published schemas of Kubernetes, KEDA, the Gateway API and the Prometheus operator, ready to judge a manifest. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { parse } from "yaml";
import { root } from "./root.ts";

type Schema = Record<string, unknown>;

/** Complaints of the schema of the manifest's kind; a kind without a schema is a complaint too. */
export function schemaComplaints(manifest: unknown): readonly string[] {
  if (typeof manifest !== "object" || manifest === null) return ["is no object"];
  const { apiVersion, kind } = manifest as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const validate = validatorOf(`${String(apiVersion)}/${String(kind)}`);
  if (validate === undefined) return [`no schema for ${String(apiVersion)}/${String(kind)}`];
  return validate(manifest) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true });
ajv.addFormat("int32", { type: "number", validate: (value: number) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 });
ajv.addFormat("int64", { type: "number", validate: (value: number) => Number.isInteger(value) });
for (const format of ["date-time", "byte", "double", "float"]) ajv.addFormat(format, true);

const validators = new Map<string, ValidateFunction>();
const subset = json("k8s-subset.schema.json");
ajv.addSchema(subset, "k8s");
const resources = json("crds.schema.json")["schemas"] as Record<string, Schema>;
const kedaVersions = at(parse(readFileSync(new URL("test/kubernetes/keda.sh_scaledobjects.crd.yaml", root), "utf8")), "spec", "versions") as readonly Schema[];

function validatorOf(kind: string): ValidateFunction | undefined {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const schema = schemaOf(kind);
  if (schema === undefined) return undefined;
  const compiled = ajv.compile(schema);
  validators.set(kind, compiled);
  return compiled;
}

function schemaOf(kind: string): Schema | undefined {
  const reference = (subset["x-kinds"] as Record<string, string>)[kind];
  if (reference !== undefined) return { $ref: `k8s${reference}` };
  if (kind === "keda.sh/v1alpha1/ScaledObject") return closed(at(kedaVersions[0], "schema", "openAPIV3Schema") as Schema);
  const resource = resources[kind];
  return resource === undefined ? undefined : closed(resource);
}

/** API servers prune fields that a structural schema does not name; here they are refused. Metadata is the server's own. */
function closed(schema: Schema): Schema {
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") copy[key] = Object.fromEntries(Object.entries(value as Record<string, Schema>).map(([name, property]) => [name, name === "metadata" && property["properties"] === undefined ? property : closed(property)]));
    else if (key === "items" || key === "additionalProperties") copy[key] = typeof value === "object" && value !== null ? closed(value as Schema) : value;
    else copy[key] = key === "pattern" ? portable(String(value)) : value;
  }
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema["properties"] !== undefined && schema["additionalProperties"] === undefined && !isOpen) copy["additionalProperties"] = false;
  return copy;
}

/** Go writes "in either case" as `(?i)`, which this engine does not know. */
function portable(pattern: string): string {
  if (!pattern.includes("(?i)")) return pattern;
  return pattern.replace("(?i)", "").replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function json(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`test/kubernetes/${name}`, root), "utf8")) as Schema;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], value);
}
