/**
 * The only way in which a text becomes part of an nginx configuration: one quoting function, in two readings.
 * nginx cannot escape `$`, so where it reads variables a dollar is written `${lb_dollar}`, a variable that the output declares. compile.md §4.
 */
declare const brand: unique symbol;

/** A piece of nginx configuration that is exactly one argument. */
export type NginxArgument = string & { readonly [brand]: "nginx argument" };

/** A variable of nginx's or of the output's own. */
export interface Variable {
  readonly variable: string;
}

/** The declared variable that stands for a dollar sign. */
export const dollar = "lb_dollar";

/** A variable; only lower case, digits and `_`, for the rest ends the name inside a text. */
export function variable(name: string): Variable {
  if (!/^[a-z0-9_]+$/.test(name)) throw new RangeError(`not the name of an nginx variable: ${name}`);
  return { variable: name };
}

/** An argument in which nginx reads no variables. */
export function literal(text: string): NginxArgument {
  return quote(text);
}

/** An argument in which nginx reads variables: texts stand for themselves, variables for their values. */
export function interpolated(...parts: readonly (string | Variable)[]): NginxArgument {
  let result = "";
  parts.forEach((part, i) => {
    if (typeof part === "string") {
      result += part.replaceAll("$", `\${${dollar}}`);
      return;
    }
    const next = parts[i + 1];
    const runsOn = typeof next === "string" && /^[A-Za-z0-9_]/.test(next);
    result += runsOn ? `\${${part.variable}}` : `$${part.variable}`;
  });
  return quote(result);
}

/** The source of a map entry that is compared as a whole: nginx gives some words and a leading `~` or `\` a meaning. */
export function mapSource(text: string): NginxArgument {
  return quote(/^[~\\]/.test(text) || /^(?:default|hostnames|volatile|include)$/.test(text) ? `\\${text}` : text);
}

/** The source of a map entry that is a case-sensitive regular expression. */
export function mapPattern(pattern: string): NginxArgument {
  return quote(`~${pattern}`);
}

/** A text as a regular expression that matches just it. */
export function patternOf(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, (character) => (character === "/" || character === "-" ? character : `\\${character}`));
}

const bare = /^(?:[A-Za-z0-9_.:/=+%*@^~,?&!<>()[\]-]|\$[a-z0-9_]+)+$/;

function quote(text: string): NginxArgument {
  const argument = bare.test(text) ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return argument as NginxArgument;
}
