import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { formulas } from "../../../language/src/index.ts";
import type { Curve } from "../../../language/src/index.ts";
import { root } from "../../helpers/root.ts";
import { curve } from "./policy-parts.ts";

const page = readFileSync(new URL("docs/simulation.md", root), "utf8");
const table = page.slice(page.indexOf("## Formulas"), page.indexOf("## Balancers"));
/** Of each row the call in its last column, and what stands behind it. */
const examples = [...table.matchAll(/^\|.*\| `(\w+)\((.*)\)`(?:: | = )(.*) \|$/gm)].map(([, name = "", input = "", outcome = ""]) => ({ name, input, outcome }));

type AnyFormula = (...input: readonly unknown[]) => unknown;
const byName: Readonly<Record<string, unknown>> = formulas;

function call(name: string, input: readonly unknown[]): { readonly kind: string; readonly value?: unknown; readonly parameter?: string; readonly queueGrowthPerSecond?: number } {
  const formula = byName[name];
  assert.ok(typeof formula === "function", name);
  return (formula as AnyFormula)(...input) as ReturnType<typeof call>;
}

/** The arguments as they are written: JSON but for the names of an object's fields. */
function argumentsOf(text: string): readonly unknown[] {
  return JSON.parse(`[${text.replaceAll(/(\w+):/g, '"$1":')}]`) as readonly unknown[];
}

describe("the formulas of the façade", () => {
  it("are all on the page, each with a worked example", () => {
    assert.deepEqual([...new Set(examples.map((example) => example.name))].sort(), Object.keys(formulas).sort());
    assert.equal(examples.length, 21);
  });

  for (const { name, input, outcome } of examples) {
    it(`${name}(${input}) is ${outcome}`, () => {
      const result = call(name, argumentsOf(input));
      assert.equal(result.kind, "value");
      const { value } = result;
      const figures = Array.isArray(value) ? (value as readonly number[]) : typeof value === "object" ? Object.values(value as Readonly<Record<string, number>>) : [value as number];
      for (const figure of outcome.match(/\d+(?:\.\d+)?/g) ?? []) {
        const digits = figure.split(".")[1]?.length ?? 0;
        assert.ok(figures.some((each) => typeof each === "number" && Math.abs(each - Number(figure)) <= 0.5 * 10 ** -digits + 1e-12), `${figures.join()} instead of ${figure}`);
      }
    });
  }

  it("say what grows where there is no steady state: ten slots of 100 ms at 120 per second", () => {
    assert.match(table, /`meanResponse\(10, 120, 0\.1\)`: saturated, the queue grows by 20 per second/);
    for (const saturated of [
      formulas.erlangC(10, 120, 0.1), formulas.meanWait(10, 120, 0.1), formulas.meanResponse(10, 120, 0.1), formulas.waitPercentile(10, 120, 0.1, 0.95), formulas.responsePercentile(10, 120, 0.1, 0.95),
      formulas.singleServerWait(30, 0.1, 1), formulas.processorSharingResponse(30, 0.1, 0.1), formulas.allenCunneenWait(10, 120, 0.1, 1, 1), formulas.roundRobinResponse(10, 120, 0.1),
      formulas.choicesResponse(2, 30, 0.1), formulas.shortestQueueResponse(2, 40, 0.1), formulas.batchingResponse(curve([1, 0.1]), 10, 120),
    ]) {
      assert.equal(saturated.kind, "saturated");
      assert.ok(saturated.kind === "saturated" && Math.abs(saturated.queueGrowthPerSecond - 20) < 1e-9);
    }
    assert.deepEqual(formulas.meanResponse(10, 100, 0.1), { kind: "saturated", queueGrowthPerSecond: 0 });
  });

  it("lose instead of growing where the room is limited, whatever the load", () => {
    const figures = formulas.limitedQueue(3, 10, 300, 0.1);
    assert.ok(figures.kind === "value" && Math.abs(figures.value.throughputPerSecond - 30) < 0.01 && figures.value.blocking > 0.89);
    const lossless = formulas.erlangB(1, 1e6);
    assert.ok(lossless.kind === "value" && lossless.value < 1 && lossless.value > 0.99999);
  });

  it("refuse what they are not made for, by the parameter's name, and never answer with NaN, infinity or a negative number", () => {
    const odd = [-1, 0, 1, 2.5, 0.999999, 1e-300, 1e12, NaN, Infinity, -Infinity];
    const lists: readonly (readonly number[])[] = [[], [0], [1, NaN], [-1, 2], [0.5, 0.5]];
    const curves: readonly Curve[] = [curve(), curve([1, 0]), curve([1, 1], [1, 2]), curve([0, 1]), curve([1, NaN]), curve([1, 1], [8, 2])];
    let answers = 0;
    for (const name of Object.keys(formulas)) {
      const { length } = byName[name] as AnyFormula;
      for (let round = 0; round < 400; round++) {
        const input = Array.from({ length }, (_, place) => {
          const choice = round * 7 + place * 13 + round * place;
          if (name === "shares" || name === "unloadedAverage") return lists[choice % lists.length];
          return name === "batchingResponse" && place === 0 ? curves[choice % curves.length] : odd[choice % odd.length];
        });
        const result = call(name, input);
        answers += 1;
        if (result.kind === "outside_range") assert.equal(typeof result.parameter, "string");
        else if (result.kind === "saturated") assert.ok((result.queueGrowthPerSecond ?? -1) >= 0, `${name}(${input.join()})`);
        else for (const figure of numbersIn(result.value)) assert.ok(figure >= 0 && Number.isFinite(figure), `${name}(${JSON.stringify(input)}) = ${figure}`);
      }
    }
    assert.equal(answers, 400 * Object.keys(formulas).length);
    assert.deepEqual(formulas.erlangB(-1, 2), { kind: "outside_range", parameter: "slots", range: "above 0, at most 10⁹" });
    assert.equal(call("responsePercentile", [10, 80, 0.1, 1]).parameter, "p");
  });

  it("agree with each other where they meet", () => {
    const value = (figure: { readonly kind: string; readonly value?: number }) => figure.value ?? NaN;
    for (const load of [0.1, 0.5, 0.9, 0.99]) {
      // One slot: M/M/1, M/G/1 with exponential service, a batching member of one slot, turns over one server, and an unlimited room.
      const expected = 1 / (1 - load);
      for (const response of [
        value(formulas.meanResponse(1, load, 1)), 1 + value(formulas.singleServerWait(load, 1, 1)), value(formulas.roundRobinResponse(1, load, 1)), value(formulas.choicesResponse(1, load, 1)),
        value(formulas.processorSharingResponse(load, 1, 1)), 1 + value(formulas.allenCunneenWait(1, load, 1, 1, 1)),
      ]) assert.ok(Math.abs(response - expected) < 1e-9 * expected, `${response} instead of ${expected}`);
      const batching = formulas.batchingResponse(curve([1, 1]), 1, load);
      assert.ok(batching.kind === "value" && Math.abs(batching.value.responseSeconds - expected) < 1e-9 * expected);
      // Shorter from chance to turns to the shortest queue to one queue.
      const ordered = [formulas.choicesResponse(1, load, 1), formulas.roundRobinResponse(2, 2 * load, 1), formulas.shortestQueueResponse(2, 2 * load, 1), formulas.meanResponse(2, 2 * load, 1)].map(value);
      ordered.forEach((response, index) => assert.ok(index === 0 || response < (ordered[index - 1] ?? 0), ordered.join(" > ")));
      // No more are lost in a larger room.
      const lost = [4, 5, 9, 40].map((room) => formulas.limitedQueue(4, room, 4 * load, 1)).map((figure) => (figure.kind === "value" ? figure.value.blocking : NaN));
      lost.forEach((share, index) => assert.ok(index === 0 || share < (lost[index - 1] ?? 0), lost.join(" > ")));
      assert.ok(Math.abs((lost[0] ?? NaN) - value(formulas.erlangB(4, 4 * load))) < 1e-12);
    }
  });
});

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  // A wait that does not happen has no rate.
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, each]) => (name === "law" ? [] : numbersIn(each))) : [];
}
