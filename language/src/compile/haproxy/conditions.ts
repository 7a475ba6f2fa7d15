/** Named acls of a frontend. What a policy's text says stands only in these, for an anonymous condition would end at a brace in it. */
import type { Origin } from "../../model/policy.ts";
import type { Condition } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord, Sample } from "./words.ts";
import { word, words } from "./words.ts";

export interface AclTest {
  /** `-m str`, `-i -m end`. */
  readonly flags: string;
  readonly patterns: readonly string[];
}

export interface Acls {
  /** The acl of that test; made once. Long lists take several lines, for HAProxy allows 64 words on one. */
  readonly acl: (name: string, test: Sample, flags: string, patterns: readonly string[], origin: Origin) => Condition;
  /** The acl that holds where any of several tests of one sample does. */
  readonly any: (name: string, test: Sample, tests: readonly AclTest[], origin: Origin) => Condition;
  readonly lines: () => readonly Line[];
}

const patternsPerLine = 50;

export function createAcls(): Acls {
  const known = new Map<string, string>();
  const used = new Set<string>();
  const lines: Line[] = [];
  const any: Acls["any"] = (name, test, tests, origin) => {
    const key = JSON.stringify([test, tests]);
    const before = known.get(key);
    if (before !== undefined) return [word(before)];
    let free = name;
    for (let i = 2; used.has(free); i++) free = `${name}.${i}`;
    used.add(free);
    known.set(key, free);
    for (const { flags, patterns } of tests) {
      for (let i = 0; i < patterns.length; i += patternsPerLine) {
        const some = patterns.slice(i, i + patternsPerLine).map(word);
        lines.push(line([...words("acl"), word(free), word(test), ...(flags === "" ? [] : words(flags)), ...words("--"), ...some], origin));
      }
    }
    return [word(free)];
  };
  return { any, acl: (name, test, flags, patterns, origin) => any(name, test, [{ flags, patterns }], origin), lines: () => lines };
}

/** All terms of a condition negated is right for a condition of one term only. */
export function negated(condition: Condition): Condition {
  return condition.map((term): HaproxyWord => word(term.startsWith("!") ? term.slice(1) : `!${term}`));
}
