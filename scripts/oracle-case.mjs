// The part of oracles.mjs that puts one case after the other to our functions, in a thread of its own: one that never ends can be stopped.
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { parentPort } from "node:worker_threads";
import { root } from "./setup.mjs";

const load = (/** @type {string} */ name) => import(new URL(`out/test/unit/simulate/${name}.js`, pathToFileURL(`${root}/`)).href);
const autoscaler = await load("autoscaler-cases");
const { queueingFault } = await load("queueing-cases");
const { simulationFault } = await load("simulated-cases");
const { assertPicks } = await load("pick-cases");

/** @param {unknown} value */
const text = (value) => JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));

/** What is wrong with our answer; undefined where it agrees. @param {any} each @param {any} ports @param {boolean} simulates */
function fault(each, ports, simulates) {
  if (each.software !== undefined) {
    assertPicks(each, ports);
    return undefined;
  }
  if (Object.hasOwn(autoscaler.answers, each.kind)) {
    if (typeof each.input !== "object" || each.input === null) return "the case has no `input`";
    const actual = autoscaler.answers[each.kind](each.input, each.expected ?? {});
    return isDeepStrictEqual(actual, each.expected) ? undefined : `${text(actual)} instead of ${text(each.expected)}`;
  }
  return queueingFault(each) ?? (simulates ? simulationFault(each) : undefined);
}

/** One line. @param {unknown} error */
function sentence(error) {
  if (error !== null && typeof error === "object" && "generatedMessage" in error && error.generatedMessage === true && "actual" in error && "expected" in error) {
    return `${text(error.actual)} instead of ${text(error.expected)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

parentPort?.on("message", ({ each, ports, simulates }) => {
  let words;
  try {
    words = fault(each, ports, simulates);
  } catch (error) {
    words = sentence(error);
  }
  parentPort?.postMessage(words === undefined ? undefined : words.replaceAll(/\s+/g, " ").slice(0, 400));
});
