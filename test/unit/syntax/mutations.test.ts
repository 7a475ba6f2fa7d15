/**
 * One wrong token in a complete policy: what the whole analysis then tells. A part of all mutations is tried, by the seed in the title;
 * LBPOLICY_SEED sets it, and LBPOLICY_MUTATIONS=all tries every one.
 */
import { strict as assert } from "node:assert";
import { analyze } from "../../../language/src/index.ts";
import type { Diagnostic } from "../../../language/src/index.ts";
import { parse } from "../../../language/src/syntax/parse.ts";
import { piecesOf } from "../../../language/src/syntax/pieces.ts";
import { createLineMap, positionAt } from "../../../language/src/text/line-map.ts";
import { shapeOf } from "../../helpers/invariants.ts";
import { completeTexts } from "../../helpers/texts.ts";

const seed = Number(process.env["LBPOLICY_SEED"] ?? 20261120);
const isWhole = process.env["LBPOLICY_MUTATIONS"] === "all";
const share = isWhole ? 1 : 0.4;

const replacements = ["{", "}", "(", ")", ",", ";", "=", "..", '"x"', "5m", "name"];

interface Mutation {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** Lines of `after` on which the damage may be told first. */
  readonly lines: readonly number[];
}

function* mutationsOf(name: string, text: string): Iterable<Mutation> {
  const { tokens } = parse("test.lbpolicy", text);
  for (const [index, token] of tokens.entries()) {
    const start = token.startOffset;
    const end = token.endOffset + 1;
    const next = tokens[index + 1];
    const made = (what: string, after: string): Mutation => {
      const map = createLineMap(after);
      const nextStart = next === undefined ? after.length : Math.min(after.length, next.startOffset + after.length - text.length);
      const line = positionAt(map, start).line;
      return { what: `${what} at line ${line + 1} of ${name}: ${JSON.stringify(after.slice(Math.max(0, start - 30), start + 50))}`, before: text, after, lines: [line, positionAt(map, nextStart).line] };
    };
    yield made(`without ${token.image}`, text.slice(0, start) + text.slice(end));
    yield made(`${token.image} twice`, `${text.slice(0, end)} ${token.image}${text.slice(end)}`);
    for (const by of replacements) if (by !== token.image) yield made(`${by} for ${token.image}`, text.slice(0, start) + by + text.slice(end));
    if (next !== undefined) yield made(`${token.image} and ${next.image} swapped`, text.slice(0, start) + next.image + text.slice(end, next.startOffset) + token.image + text.slice(next.endOffset + 1));
  }
}

/** A part of the mutations, the same for the same seed. */
function* sampled(): Iterable<Mutation> {
  let state = seed >>> 0;
  for (const [name, text] of completeTexts) {
    for (const mutation of mutationsOf(name, text)) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      if (state / 2 ** 32 < share) yield mutation;
    }
  }
}

const told = new Map<string, ReadonlyMap<string, number>>();

function keyOf({ code, message }: Diagnostic): string {
  return `${code} ${message}`;
}

function serious(text: string): readonly Diagnostic[] {
  return analyze({ file: "test.lbpolicy", text }).diagnostics.filter(({ severity }) => severity === "error" || severity === "warning");
}

/** Errors and warnings that the text did not have before, wherever they stood. */
function newProblems({ before, after }: Mutation): readonly Diagnostic[] {
  let known = told.get(before);
  if (known === undefined) {
    const counts = new Map<string, number>();
    for (const each of serious(before)) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
    told.set(before, (known = counts));
  }
  const left = new Map(known);
  return serious(after).filter((each) => {
    const count = left.get(keyOf(each)) ?? 0;
    left.set(keyOf(each), count - 1);
    return count <= 0;
  });
}

describe(`one wrong token (seed ${seed}, ${isWhole ? "all mutations" : `${share * 100} % of the mutations`})`, () => {
  it("is told at most three times, usually once, and first where it is", function () {
    this.timeout(120_000);
    const counts: number[] = [];
    const far: string[] = [];
    let placed = 0;
    for (const mutation of sampled()) {
      const found = newProblems(mutation);
      const all = (): string => `${mutation.what}\n${found.map((each) => `  ${each.range.start} ${keyOf(each)}`).join("\n")}`;
      assert.ok(found.length <= 3, `${found.length} problems for ${all()}`);
      if (found.length === 0) continue;
      counts.push(found.length);
      placed++;
      const first = Math.min(...found.map((each) => each.range.start));
      if (!mutation.lines.includes(positionAt(createLineMap(mutation.after), first).line)) far.push(all());
    }
    counts.sort((a, b) => a - b);
    assert.ok(counts.length > 1000, "so many mutations are told of");
    assert.equal(counts[counts.length >> 1], 1, "the median");
    assert.ok(1 - far.length / placed >= 0.95, `${far.length} of ${placed} are told first elsewhere:\n${far.join("\n")}`);
  });

  it("is read piece by piece as in the whole", function () {
    this.timeout(120_000);
    for (const { what, after } of sampled()) {
      const { pieces, starts } = piecesOf("test.lbpolicy", after);
      const whole = parse("test.lbpolicy", after);
      const described = (start: number, { code, message, range }: Diagnostic): string => `${range.start + start}-${range.end + start} ${code} ${message}`;
      assert.deepEqual(pieces.flatMap(({ parsed }, index) => parsed.problems.map((problem) => described(starts[index] ?? 0, problem))).sort(), whole.problems.map((problem) => described(0, problem)).sort(), what);
      assert.deepEqual(shapeOf(pieces.flatMap(({ parsed }) => parsed.tree.declarations)), shapeOf(whole.tree.declarations), what);
    }
  });
});
