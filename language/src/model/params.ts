/** Params: evaluated on demand, in any order, with what overrides them. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import * as names from "../diagnostics/names.ts";
import { tooDeep } from "../diagnostics/syntax.ts";
import * as values from "../diagnostics/values.ts";
import { nearest } from "../syntax/nearest.ts";
import { parse } from "../syntax/parse.ts";
import { refusedCharacterIn } from "../syntax/strings.ts";
import { fieldOf, nameOf } from "../syntax/tree.ts";
import type { Value } from "../syntax/tree.ts";
import type { Location, Range } from "../text/range.ts";
import type { Context, Params, ParamValue } from "./context.ts";
import { complain } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { isExpression } from "./fields.ts";
import { dimensionWords } from "./quantity.ts";
import type { Declared, Scopes } from "./scopes.ts";
import { childrenOf } from "./statements.ts";

export interface Overrides {
  /** `--set` and settings, as text: a literal, or for string params the text itself. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly environment?: string;
  /** In force where the policy declares it and `environment` names no other; editors speak for many policies. */
  readonly preferredEnvironment?: string;
  /** What lbpolicy.json says. Names that no param has are passed over: the file speaks for many policies. */
  readonly defaults?: readonly DefaultParameter[];
  /** What the editor's settings say, above the environment; they too speak for many policies. */
  readonly editorParameters?: Readonly<Record<string, string>>;
}

/** The text as after `--set NAME=`, and where it stands. */
export interface DefaultParameter {
  readonly name: string;
  readonly text: string;
  readonly at: Location;
  /** Where the name stands. */
  readonly nameAt: Location;
}

const refused: ParamValue = { kind: "refused" };

/** Params are evaluated by descent. */
const maxChain = 100;

/** `scopes` may still be empty when this is made: params are looked up when they are first asked for. */
export function createParams(scopes: () => Scopes, overrides: Overrides): Params {
  const found = new Map<string, ParamValue>();
  const open: string[] = [];

  const declaredValue = (name: string): ParamValue => {
    const declared = scopes().param.byName.get(name);
    const value = declared === undefined ? undefined : fieldOf(declared.statement.fields, "value")?.value;
    return declared === undefined || value === undefined ? refused : valueOf(declared.context, value);
  };

  const overridden = (name: string, standard: ParamValue): ParamValue => {
    const declared = scopes().param.byName.get(name);
    if (declared === undefined) return standard;
    const { parameters, defaults, editorParameters } = overrides;
    const environment = environmentOf(scopes(), overrides);
    let current = standard;
    for (const { text, at } of (defaults ?? []).filter((each) => each.name === name)) {
      const context = { ...declared.context, file: at.file };
      current = kept(context, at.range, standard, standard.kind === "text" ? textOverride(context, at.range, name, text) : literalOf(context, at.range, name, text), current);
    }
    const lines = environment === undefined ? undefined : scopes().environment.byName.get(environment);
    for (const line of lines === undefined ? [] : childrenOf(lines.statement, "value")) {
      const value = fieldOf(line.fields, "value")?.value;
      if (lines !== undefined && value !== undefined && nameOf(line)?.name === name) current = kept(lines.context, value.range, standard, valueOf(lines.context, value), current);
    }
    const at = nameOf(declared.statement)?.range ?? declared.statement.range;
    for (const texts of [editorParameters, parameters]) {
      const text = texts === undefined || !Object.hasOwn(texts, name) ? undefined : texts[name];
      if (text === undefined) continue;
      current = kept(declared.context, at, standard, current.kind === "text" ? textOverride(declared.context, at, name, text) : literalOf(declared.context, at, name, text), current);
    }
    return current;
  };

  return {
    find(name) {
      const declared = scopes().param.byName.get(name);
      if (declared === undefined) return undefined;
      declared.used = true;
      const known = found.get(name);
      if (known !== undefined) return known;
      if (open.includes(name)) {
        const path = [...open.slice(open.indexOf(name)), name];
        complain(declared.context, names.paramCycle, nameOf(declared.statement)?.range ?? declared.statement.range, { path });
        found.set(name, refused);
        return refused;
      }
      if (open.length >= maxChain) {
        complain(declared.context, tooDeep, nameOf(declared.statement)?.range ?? declared.statement.range, { what: "Params refer to each other", limit: maxChain });
        found.set(name, refused);
        return refused;
      }
      open.push(name);
      const value = overridden(name, declaredValue(name));
      open.pop();
      if (!found.has(name)) found.set(name, value);
      return found.get(name);
    },
    has: (name) => scopes().param.byName.has(name),
    names: () => scopes().param.byName.keys(),
  };
}

/** The environment that is in force. */
export function environmentOf(scopes: Scopes, { environment, preferredEnvironment }: Overrides): string | undefined {
  return environment ?? (preferredEnvironment !== undefined && scopes.environment.byName.has(preferredEnvironment) ? preferredEnvironment : undefined);
}

function valueOf(context: Context, value: Value): ParamValue {
  if (value.type === "string") return value.value === undefined ? refused : { kind: "text", text: value.value };
  if (value.type === "name") return context.params.find(value.name) ?? unknown(context, value);
  const quantity = isExpression(value) ? evaluate(context, value) : undefined;
  return quantity === undefined ? refused : { kind: "quantity", quantity };
}

function unknown(context: Context, use: { readonly name: string; readonly range: Range }): ParamValue {
  complain(context, names.unknownName, use.range, { what: "param", name: use.name, nearest: nearest(use.name, context.params.names()) });
  return refused;
}

/** An override keeps the dimension of what it overrides. */
function kept(context: Context, range: Range, standard: ParamValue, next: ParamValue, current: ParamValue): ParamValue {
  if (next.kind === "refused" || standard.kind === "refused") return next.kind === "refused" ? current : next;
  const words = (value: ParamValue): string => (value.kind === "quantity" ? dimensionWords[value.quantity.dimension] : "a string");
  const same = next.kind === standard.kind && (next.kind !== "quantity" || standard.kind !== "quantity" || next.quantity.dimension === standard.quantity.dimension);
  if (same) return next;
  const given = words(next);
  complain(context, names.wrongDimension, range, { due: words(standard), given: given.charAt(0).toUpperCase() + given.slice(1), advice: "an override keeps the param's dimension" });
  return current;
}

/** A string takes the text as it stands, but for what no string may hold. */
function textOverride(context: Context, at: Range, name: string, text: string): ParamValue {
  const character = refusedCharacterIn(text);
  if (character === undefined) return { kind: "text", text };
  complain(context, values.badText, at, {
    what: `The value set for ${name}`, text: text.replaceAll(/[^ -~]/g, "?").slice(0, 40), reason: `it holds the control character U+${character.toString(16).toUpperCase().padStart(4, "0")}`,
  });
  return refused;
}

/** The text behind `--set NAME=` as the language reads it. */
function literalOf(context: Context, at: Range, name: string, text: string): ParamValue {
  const source = `param ${name} = ${text}`;
  const { tree, problems } = parse(context.file, source);
  const value = tree.declarations.length === 1 ? fieldOf(tree.declarations[0]?.fields ?? [], "value")?.value : undefined;
  if (problems.length > 0 || value?.type !== "literal" || value.value === undefined || value.range.end < source.length) {
    complain(context, names.wrongDimension, at, { due: `a literal for ${name}`, given: `\`${text}\``, advice: "write a number with its unit, such as 200rps" });
    return refused;
  }
  return { kind: "quantity", quantity: { dimension: value.kind, value: value.value } };
}

/** The lines of an environment hold params and their dimensions, also where nobody asks for the environment. */
export function checkEnvironment(environment: Declared, scopes: Scopes, params: Params): void {
  const { context } = environment;
  for (const line of childrenOf(environment.statement, "value")) {
    const use = nameOf(line);
    const value = fieldOf(line.fields, "value")?.value;
    if (use === undefined || value === undefined) continue;
    const declared = scopes.param.byName.get(use.name);
    if (declared === undefined) {
      complain(context, names.unknownName, use.range, { what: "param", name: use.name, nearest: nearest(use.name, scopes.param.byName.keys()) });
      continue;
    }
    const { used } = declared;
    const standard = params.find(use.name);
    declared.used = used;
    if (standard !== undefined) kept(context, value.range, standard, valueOf(context, value), standard);
  }
}

/** Overrides that name nothing: reported once, at the start of the file. */
export function unknownOverrides(context: Context, scopes: Scopes, overrides: Overrides): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const at = { ...context, found };
  const start = { start: 0, end: 0 };
  for (const name of Object.keys(overrides.parameters ?? {})) {
    if (!scopes.param.byName.has(name)) complain(at, names.unknownOverride, start, { name, nearest: nearest(name, scopes.param.byName.keys()) });
  }
  const { environment } = overrides;
  if (environment !== undefined && !scopes.environment.byName.has(environment)) {
    complain(at, names.unknownEnvironment, start, { name: environment, nearest: nearest(environment, scopes.environment.byName.keys()) });
  }
  return found;
}
