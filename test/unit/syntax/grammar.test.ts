/** The grammar itself: Chevrotain's validations, and that no optional part may begin like what follows it. */
import { strict as assert } from "node:assert";
import type { IProduction } from "chevrotain";
import { fileBlock } from "../../../language/src/syntax/constructs/index.ts";
import { PolicyParser } from "../../../language/src/syntax/parser.ts";
import type { BlockSpec, Element } from "../../../language/src/syntax/spec.ts";
import { vocabulary } from "../../../language/src/syntax/tokens.ts";
import { optionConflicts, useVocabulary } from "../../helpers/first-follow.ts";

/** What `performSelfAnalysis` calls and Node 20 lacks. */
function withGroupBy<T>(action: () => T): T {
  const target = Object as { groupBy?: unknown };
  const own = target.groupBy;
  target.groupBy ??= (items: Iterable<unknown>, keyOf: (item: unknown) => string): Record<string, unknown[]> => {
    const groups: Record<string, unknown[]> = {};
    for (const item of items) (groups[keyOf(item)] ??= []).push(item);
    return groups;
  };
  try {
    return action();
  } finally {
    if (own === undefined) delete target.groupBy;
  }
}

function nodesOf(node: IProduction): readonly IProduction[] {
  const inner = node.constructor.name === "NonTerminal" ? [] : ((node as { definition?: readonly IProduction[] }).definition ?? []);
  return [node, ...inner.flatMap(nodesOf)];
}

describe("grammar", () => {
  it("passes Chevrotain's validations with two tokens of lookahead", () => {
    withGroupBy(() => new PolicyParser({ validations: "run" }));
  });

  it("no optional part begins like what may follow it, but the check's `timeout`", function () {
    this.timeout(60_000);
    useVocabulary(vocabulary);
    const rules = new PolicyParser().getGAstProductions();
    const conflicts = optionConflicts(rules, "declaration").map(({ rule, inside, behind }) => `${rule}: ${inside.join(" ")} / ${behind.join(" ")}`);
    // `timeout D` in a check and the statement `timeout connect D` are told apart by the next word: a gate in the parser.
    const gated = conflicts.filter((conflict) => conflict.startsWith("backend health") && /'timeout'(?: \S+)? \/ 'timeout'/.test(conflict));
    assert.ok(gated.length > 0, "the gate is needed");
    assert.deepEqual([...new Set(conflicts.filter((conflict) => !gated.includes(conflict)))], []);
  });

  it("finds a conflict where there is one", () => {
    // Without this the test above could not fail: the health check's own options against the statements of a backend.
    useVocabulary(vocabulary);
    const rules = new PolicyParser().getGAstProductions();
    assert.ok(optionConflicts(rules, "declaration").some(({ inside, behind }) => inside[0] === "'timeout'" && behind[0] === "'timeout'"));
  });

  it("tells the places of a rule apart", () => {
    for (const [name, rule] of Object.entries(new PolicyParser().getGAstProductions())) {
      const seen = new Set<string>();
      for (const node of nodesOf(rule).slice(1)) {
        const { idx, terminalType, nonTerminalName } = node as { idx?: number; terminalType?: { name: string }; nonTerminalName?: string };
        const kind = node.constructor.name;
        if (kind === "Alternative") continue;
        const key = `${kind} ${terminalType?.name ?? nonTerminalName ?? ""} ${idx}`;
        assert.ok(!seen.has(key), `${name}: ${key} twice`);
        seen.add(key);
      }
    }
  });

  it("no option of a statement is named as a statement of its block, but for what the next word tells", () => {
    const clashes: string[] = [];
    const inner = (elements: readonly Element[]): readonly string[] => elements.flatMap((element) => (element.type === "options" ? element.options.map((option) => option.keyword)
      : element.type === "optional" ? inner(element.elements) : element.type === "choice" ? element.alternatives.flatMap(inner) : []));
    const blocks: BlockSpec[] = [];
    const collect = (spec: BlockSpec): void => {
      if (blocks.includes(spec)) return;
      blocks.push(spec);
      const visit = (elements: readonly Element[]): void => {
        for (const element of elements) {
          if (element.type === "block") collect(element.block);
          else if (element.type === "optional") visit(element.elements);
          else if (element.type === "choice") for (const alternative of element.alternatives) visit(alternative);
        }
      };
      for (const statement of spec.statements) visit(statement.elements);
    };
    collect(fileBlock);
    for (const block of blocks.slice(1)) {
      const statements = new Set(block.statements.map((statement) => statement.keyword));
      for (const statement of block.statements) for (const option of inner(statement.elements)) if (statements.has(option)) clashes.push(`${block.name}: ${option} of ${statement.keyword}`);
    }
    // the route's header stands before its `to`
    assert.deepEqual([...new Set(clashes)], ["backend: timeout of health", "service: header of route"]);
  });

  it("begins every statement with a word of its own", () => {
    const seen = new Map<string, number>();
    for (const statement of fileBlock.statements) seen.set(statement.keyword, (seen.get(statement.keyword) ?? 0) + 1);
    assert.deepEqual([...seen].filter(([, count]) => count > 1), []);
  });
});
