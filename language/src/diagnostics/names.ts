/** LBP2xxx: names, references, imports and dimensions. */
import { define, writeInstead } from "./diagnostic.ts";

export const unknownName = define<{ what: string; name: string; nearest: string | undefined }>(
  "LBP2001", "unknown-name", "error", ({ what, name, nearest }) =>
    nearest === undefined ? `There is no ${what} called ${name}: declare it.` : `There is no ${what} called ${name}: did you mean \`${nearest}\`?`,
  ({ nearest }) => writeInstead(nearest));

export const duplicateName = define<{ what: string; name: string; first: string }>(
  "LBP2002", "duplicate-name", "error", ({ what, name, first }) =>
    name === first ? `There is already a ${what} called ${name}: choose another name.` : `${name} and ${first} differ only in case, which some targets do not tell apart: choose another name.`);

export const wrongDimension = define<{ due: string; given: string; advice: string }>(
  "LBP2003", "wrong-dimension", "error", ({ due, given, advice }) => `${given} stands where ${due} is due: ${advice === "" ? "write one" : advice}.`);

export const noOperation = define<{ operator: string; left: string; right: string }>(
  "LBP2004", "no-such-operation", "error", ({ operator, left, right }) =>
    `${operator.endsWith("()") ? `${operator} of ${left} and ${right}` : `${capital(left)} ${operator} ${right}`} has no meaning: change one of them.`);

export const unknownFunction = define<{ name: string; nearest: string | undefined }>(
  "LBP2005", "unknown-function", "error", ({ name, nearest }) => `There is no function ${name}: ${nearest === undefined ? "use min, max, ceil, floor or round." : `did you mean \`${nearest}\`?`}`,
  ({ nearest }) => writeInstead(nearest));

export const paramCycle = define<{ path: readonly string[] }>(
  "LBP2006", "param-cycle", "error", ({ path }) => `The param depends on itself (${path.join(" → ")}): give one of them a value.`);

export const wrongArguments = define<{ name: string; due: string; given: number }>(
  "LBP2007", "wrong-arguments", "error", ({ name, due, given }) => `${name}() takes ${due}, not ${given}: change its arguments.`);

export const reservedName = define<{ name: string; reason: string }>(
  "LBP2008", "reserved-name", "error", ({ name, reason }) => `${name} ${reason}: choose another name.`);

export const needsArgument = define<{ name: string; example: string }>(
  "LBP2009", "algorithm-needs-argument", "error", ({ name, example }) => `${name} needs an argument: declare a strategy with \`${example}\` and name it here.`);

export const unused = define<{ what: string; name: string }>(
  "LBP2010", "unused", "hint", ({ what, name }) => `The ${what} ${name} is used nowhere: remove it, or name it where it should apply.`);

export const importProblem = define<{ path: string; problem: string }>(
  "LBP2011", "import", "error", ({ path, problem }) => `\`${path}\` cannot be imported: ${problem}.`);

export const missing = define<{ subject: string; what: string }>(
  "LBP2012", "missing", "error", ({ subject, what }) => `${subject} needs ${what}.`);

export const conflict = define<{ message: string }>(
  "LBP2013", "conflict", "error", ({ message }) => `${message}.`);

export const unknownOverride = define<{ name: string; nearest: string | undefined }>(
  "LBP2014", "unknown-override", "error", ({ name, nearest }) => `There is no param called ${name} to be set${nearest === undefined ? ": declare it with `param`." : `: did you mean \`${nearest}\`?`}`);

export const unknownEnvironment = define<{ name: string; nearest: string | undefined }>(
  "LBP2015", "unknown-environment", "error", ({ name, nearest }) => `There is no environment called ${name}${nearest === undefined ? ": declare it." : `: did you mean \`${nearest}\`?`}`);

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
