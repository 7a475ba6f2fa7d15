/** From what the user chose to what is asked of the simulator. */
import type { SimulationChoices, SimulationRequest } from "../../server/src/protocol.ts";
import type { Choice, Run } from "../webview/messages.ts";

/**
 * The choice with what the text no longer has replaced, and what is not chosen yet decided: the first scenario of the backend, else its demand, else
 * a traffic. Several backends and no word on which leave `backend` null. Applied twice it changes nothing more.
 */
export function resolveChoice(choice: Choice, choices: SimulationChoices): Choice {
  if (choices.backends.length === 0) return choice;
  const scenarioOf = (name: string): SimulationChoices["scenarios"][number] | undefined => choices.scenarios.find((scenario) => scenario.name === name);
  const backend = choices.backends.some(({ name }) => name === choice.backend) ? choice.backend : backendFor(choice.run, choices);
  const { run } = choice;
  if (run.kind === "scenario" && scenarioOf(run.name)?.backend === backend) return { ...choice, backend };
  if (run.kind === "traffic" && choices.traffics.includes(run.name)) return { ...choice, backend };
  if (run.kind === "demand" && hasDemand(backend, choices)) return { ...choice, backend };
  return { ...choice, backend, run: runFor(backend, choices) };
}

/** What the simulator is asked for a choice. */
export function requestOf(choice: Choice): SimulationRequest {
  const { backend, run, durationSeconds, target, load } = choice;
  return {
    target,
    loadFactor: load,
    ...(backend === null ? {} : { backend }),
    ...(run.kind === "scenario" ? { scenario: run.name } : {}),
    ...(run.kind === "traffic" ? { traffic: run.name } : {}),
    ...(durationSeconds === null ? {} : { durationSeconds }),
  };
}

function backendFor(run: Run, choices: SimulationChoices): string | null {
  const { backends, scenarios } = choices;
  const ofScenario = run.kind === "scenario" ? scenarios.find(({ name }) => name === run.name)?.backend : undefined;
  if (ofScenario !== undefined) return ofScenario;
  const loaded = backends.filter((backend) => backend.hasDemand);
  if (loaded.length === 1 || backends.length === 1) return (loaded[0] ?? backends[0])?.name ?? null;
  const first = scenarios[0];
  return first?.backend ?? null;
}

function runFor(backend: string | null, choices: SimulationChoices): Run {
  if (backend === null) return { kind: "default" };
  const scenario = choices.scenarios.find((each) => each.backend === backend);
  if (scenario !== undefined) return { kind: "scenario", name: scenario.name };
  const [traffic] = choices.traffics;
  return hasDemand(backend, choices) || traffic === undefined ? { kind: "demand" } : { kind: "traffic", name: traffic };
}

function hasDemand(backend: string | null, choices: SimulationChoices): boolean {
  return choices.backends.some(({ name, hasDemand: has }) => name === backend && has);
}
