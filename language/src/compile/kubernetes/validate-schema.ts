/** What the published schema of a manifest's kind refuses: fields that do not exist, wrong types, values out of range. */
import type { Json } from "../../text/json.ts";
import { isList, isObject } from "../../text/json.ts";
import { schemasJson } from "./schemas.ts";
import type { Findings, Refusal } from "./validate-values.ts";

/** The keywords that occur in the schemas; nested schemas are places in the list of all. `additionalProperties` false closes an object. */
interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, number>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: number | boolean;
  readonly items?: number;
  readonly anyOf?: readonly number[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly pattern?: string;
  readonly format?: "int32";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface Schemas {
  readonly kinds: Readonly<Record<string, number>>;
  readonly nodes: readonly SchemaNode[];
}

const longestInt32 = 2 ** 31;
let read: Schemas | undefined;

/** Empty where the schema takes the manifest; a kind without a schema is refused. */
export function validateSchema(manifest: Json): readonly Refusal[] {
  read ??= JSON.parse(schemasJson) as Schemas;
  const kind = isObject(manifest) ? `${String(manifest["apiVersion"])}/${String(manifest["kind"])}` : "";
  const place = Object.hasOwn(read.kinds, kind) ? read.kinds[kind] : undefined;
  if (place === undefined) return [{ path: "/kind", problem: `must be a kind that is known here: ${kind} is not` }];
  const found: Refusal[] = [];
  judge(found, read.nodes, place, "", manifest);
  return found;
}

function judge(found: Findings, nodes: readonly SchemaNode[], place: number, path: string, value: Json): void {
  const node = nodes[place] ?? {};
  const refuse = (problem: string): void => {
    found.push({ path, problem });
  };
  const types = node.type === undefined ? undefined : typeof node.type === "string" ? [node.type] : node.type;
  if (types !== undefined && !types.some((type) => isOfType(value, type))) return refuse(`must be ${types.map((type) => words[type] ?? type).join(" or ")}`);
  if (node.const !== undefined && value !== node.const) refuse(`must be ${JSON.stringify(node.const)}`);
  if (node.enum !== undefined && !node.enum.some((one) => one === value)) refuse(`must be ${node.enum.map((one) => String(one)).join(" or ")}`);
  if (node.anyOf !== undefined && !node.anyOf.some((one) => takes(nodes, one, value))) refuse("must have another form");
  if (typeof value === "number") judgeNumber(node, value, refuse);
  if (typeof value === "string") judgeText(node, value, refuse);
  if (isList(value)) {
    const { items } = node;
    if (value.length < (node.minItems ?? 0)) refuse(`must hold at least ${node.minItems}`);
    if (value.length > (node.maxItems ?? Infinity)) refuse(`must hold at most ${node.maxItems}`);
    if (items !== undefined) value.forEach((item, i) => judge(found, nodes, items, `${path}/${i}`, item));
  } else if (isObject(value)) judgeObject(found, nodes, node, path, value);
}

function judgeObject(found: Findings, nodes: readonly SchemaNode[], node: SchemaNode, path: string, value: Readonly<Record<string, Json>>): void {
  for (const name of node.required ?? []) if (!Object.hasOwn(value, name)) found.push({ path: `${path}/${name}`, problem: "is required" });
  for (const [name, property] of Object.entries(value)) {
    const known = node.properties !== undefined && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
    if (known !== undefined) judge(found, nodes, known, `${path}/${name}`, property);
    else if (typeof node.additionalProperties === "number") judge(found, nodes, node.additionalProperties, `${path}/${name}`, property);
    else if (node.additionalProperties === false) found.push({ path: `${path}/${name}`, problem: "is no field of this kind" });
  }
}

function judgeNumber(node: SchemaNode, value: number, refuse: (problem: string) => void): void {
  if (node.minimum !== undefined && value < node.minimum) refuse(`must be at least ${node.minimum}`);
  if (node.maximum !== undefined && value > node.maximum) refuse(`must be at most ${node.maximum}`);
  if (node.format === "int32" && (!Number.isInteger(value) || value < -longestInt32 || value >= longestInt32)) refuse("must be a whole number of 32 bits");
}

function judgeText(node: SchemaNode, value: string, refuse: (problem: string) => void): void {
  const length = node.minLength === undefined && node.maxLength === undefined ? 0 : [...value].length;
  if (length < (node.minLength ?? 0)) refuse(`must have at least ${node.minLength} characters`);
  if (length > (node.maxLength ?? Infinity)) refuse(`must have at most ${node.maxLength} characters`);
  if (node.pattern !== undefined && !new RegExp(node.pattern, "u").test(value)) refuse(`must match ${node.pattern}`);
}

function takes(nodes: readonly SchemaNode[], place: number, value: Json): boolean {
  const found: Refusal[] = [];
  judge(found, nodes, place, "", value);
  return found.length === 0;
}

const words: Readonly<Record<string, string>> = { object: "an object", array: "a list", string: "a string", integer: "a whole number", number: "a number", boolean: "true or false", null: "null" };

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case "object": return isObject(value);
    case "array": return isList(value);
    case "integer": return Number.isInteger(value);
    case "null": return value === null;
    default: return typeof value === type;
  }
}
