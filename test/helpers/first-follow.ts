/**
 * FIRST₂ and FOLLOW₂ over a recorded Chevrotain grammar. Chevrotain compares the alternatives of an OR; that an OPTION or a MANY may begin like
 * what can follow it, it does not see.
 */
import type { IProduction, Rule, TokenType } from "chevrotain";

/** Two tokens of lookahead, fewer where the input ends. */
type Path = readonly TokenType[];
type Paths = ReadonlyMap<string, Path>;

interface Node {
  readonly definition?: readonly IProduction[];
  readonly referencedRule?: Rule;
  readonly nonTerminalName?: string;
  readonly terminalType?: TokenType;
  readonly idx?: number;
}

export interface Conflict {
  readonly rule: string;
  /** `Option 3`, `Repetition 0`. */
  readonly place: string;
  /** Two tokens that both the optional part and what follows it may begin with. */
  readonly inside: readonly string[];
  readonly behind: readonly string[];
}

const end: Paths = new Map([["", []]]);

function kindOf(node: IProduction): string {
  return node.constructor.name;
}

function keyOf(path: Path): string {
  return path.map((token) => token.name).join(" ");
}

function joined(left: Paths, right: Paths): Paths {
  const result = new Map<string, Path>();
  for (const [key, path] of left) {
    if (path.length >= 2) result.set(key, path);
    else for (const tail of right.values()) {
      const whole = [...path, ...tail].slice(0, 2);
      result.set(keyOf(whole), whole);
    }
  }
  return result;
}

function united(...sets: readonly Paths[]): Paths {
  return new Map(sets.flatMap((set) => [...set]));
}

/** Places where an optional part and what follows it may begin alike. */
export function optionConflicts(rules: Readonly<Record<string, Rule>>, start: string): readonly Conflict[] {
  const first = new Map<string, Paths>(Object.keys(rules).map((name) => [name, new Map()]));
  const firstOf = (node: IProduction): Paths => {
    const { definition = [], terminalType, nonTerminalName } = node as Node;
    switch (kindOf(node)) {
      case "Terminal": return terminalType === undefined ? end : new Map([[terminalType.name, [terminalType]]]);
      case "NonTerminal": return first.get(nonTerminalName ?? "") ?? new Map();
      case "Alternation": return united(...definition.map(firstOf));
      case "Option": return united(end, sequence(definition));
      case "Repetition": return repeated(definition, end);
      case "RepetitionMandatory": return repeated(definition, sequence(definition));
      default: return sequence(definition);
    }
  };
  const sequence = (nodes: readonly IProduction[]): Paths => nodes.reduce<Paths>((paths, node) => joined(paths, firstOf(node)), end);
  const repeated = (nodes: readonly IProduction[], least: Paths): Paths => {
    const once = sequence(nodes);
    return united(least, joined(once, united(end, once)));
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, rule] of Object.entries(rules)) {
      const paths = sequence(rule.definition);
      if (paths.size > (first.get(name)?.size ?? 0)) {
        first.set(name, paths);
        changed = true;
      }
    }
  }

  const follow = new Map<string, Paths>(Object.keys(rules).map((name) => [name, name === start ? end : new Map()]));
  let conflicts: Conflict[] = [];
  for (let changed = true; changed;) {
    changed = false;
    conflicts = [];
    const walk = (rule: string, nodes: readonly IProduction[], behind: Paths): void => {
      for (let i = nodes.length - 1; i >= 0; i--) {
        const node = nodes[i] as IProduction;
        const { definition = [], nonTerminalName, idx = 0 } = node as Node;
        const kind = kindOf(node);
        if (kind === "NonTerminal" && nonTerminalName !== undefined) {
          const before = follow.get(nonTerminalName) ?? new Map();
          const after = united(before, behind);
          if (after.size > before.size) {
            follow.set(nonTerminalName, after);
            changed = true;
          }
        } else if (kind === "Alternation") for (const alternative of definition) walk(rule, (alternative as Node).definition ?? [], behind);
        else if (kind === "Option") {
          conflicts.push(...overlaps(rule, `Option ${idx}`, joined(sequence(definition), behind), behind));
          walk(rule, definition, behind);
        } else if (kind === "Repetition" || kind === "RepetitionMandatory") {
          const again = joined(repeated(definition, end), behind);
          conflicts.push(...overlaps(rule, `${kind} ${idx}`, joined(sequence(definition), again), behind));
          walk(rule, definition, again);
        }
        behind = joined(firstOf(node), behind);
      }
    };
    for (const [name, rule] of Object.entries(rules)) walk(name, rule.definition, follow.get(name) ?? new Map());
  }
  return conflicts;
}

function overlaps(rule: string, place: string, inside: Paths, behind: Paths): readonly Conflict[] {
  const found: Conflict[] = [];
  for (const left of inside.values()) {
    for (const right of behind.values()) {
      if (left.length !== right.length || !left.every((token, index) => haveCommon(token, right[index] as TokenType))) continue;
      found.push({ rule, place, inside: left.map((token) => token.name), behind: right.map((token) => token.name) });
    }
  }
  return found;
}

const concrete = new Map<TokenType, ReadonlySet<TokenType>>();

/** A type and all that have it as a category. */
function matchesOf(type: TokenType): ReadonlySet<TokenType> {
  let set = concrete.get(type);
  if (set === undefined) {
    const found = new Set<TokenType>();
    const visit = (each: TokenType): void => {
      if (found.has(each)) return;
      found.add(each);
      for (const match of each.categoryMatches ?? []) {
        const narrower = byIndex.get(match);
        if (narrower !== undefined) visit(narrower);
      }
    };
    visit(type);
    set = found;
    concrete.set(type, set);
  }
  return set;
}

const byIndex = new Map<number, TokenType>();

/** Token types by Chevrotain's own index: categories are recorded by it. */
export function useVocabulary(vocabulary: readonly TokenType[]): void {
  for (const type of vocabulary) if (type.tokenTypeIdx !== undefined) byIndex.set(type.tokenTypeIdx, type);
}

function haveCommon(a: TokenType, b: TokenType): boolean {
  if (a === b) return true;
  const other = matchesOf(b);
  for (const each of matchesOf(a)) if (other.has(each)) return true;
  return false;
}
