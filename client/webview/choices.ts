/** The row of choices: what is simulated. */
import type { SimulationChoices, TargetName } from "../../server/src/protocol.ts";
import { element, setText } from "./dom.ts";
import { formatDuration, formatNumber, formatSeconds } from "./format.ts";
import type { Choice, PanelView, Run } from "./messages.ts";

export interface ChoiceRow {
  readonly node: HTMLElement;
  readonly show: (view: PanelView) => void;
}

interface Option {
  readonly value: string;
  readonly text: string;
}

const durationsSeconds = [3600, 6 * 3600, 86_400, 3 * 86_400, 7 * 86_400];
const targets: readonly (Option & { readonly value: TargetName })[] = [{ value: "nginx", text: "nginx" }, { value: "haproxy", text: "HAProxy" }, { value: "kubernetes", text: "Kubernetes" }];

export function createChoiceRow(onChoose: (choice: Choice) => void, onExport: () => void): ChoiceRow {
  let choice: Choice | undefined;
  const backend = select("Backend");
  const run = select("Scenario or traffic");
  const duration = select("Duration");
  const target = select("Target whose balancing is simulated");
  const load = element("input", { attributes: { type: "range", min: "-3", max: "3", step: "0.1", "aria-label": "Load, times the arrivals" } });
  const loadText = element("output", { class: "load-text" });
  const info = element("span", { class: "info" });
  const exportButton = element("button", { text: "Export…", attributes: { type: "button", title: "Save the points as CSV or the whole report as JSON" } });
  const choose = (part: Partial<Choice>): void => {
    if (choice !== undefined) onChoose((choice = { ...choice, ...part }));
  };
  backend.addEventListener("change", () => choose({ backend: backend.value, run: { kind: "default" }, durationSeconds: null }));
  run.addEventListener("change", () => choose({ run: parseRunValue(run.value), durationSeconds: null }));
  duration.addEventListener("change", () => choose({ durationSeconds: duration.value === "" ? null : Number(duration.value) }));
  target.addEventListener("change", () => choose({ target: targets.find((each) => each.value === target.value)?.value ?? "nginx" }));
  load.addEventListener("input", () => {
    choose({ load: loadOf(Number(load.value)) });
    showLoad(load, loadText, loadOf(Number(load.value)));
  });
  load.addEventListener("dblclick", () => { load.value = "0"; choose({ load: 1 }); showLoad(load, loadText, 1); });
  exportButton.addEventListener("click", onExport);
  return {
    node: element("header", { class: "choices", attributes: { role: "toolbar", "aria-label": "What is simulated" } },
      backend, run, duration, target,
      element("label", { class: "load" }, element("span", { text: "load" }), load, loadText),
      info, exportButton),
    show: (view) => {
      choice = view.choice;
      fill(backend, backendOptions(view.choices, view.choice), view.choice.backend ?? "");
      fill(run, runOptions(view.choices, view.choice.backend), runValue(view.choice.run));
      fill(duration, durationOptions(view), view.choice.durationSeconds === null ? "" : String(view.choice.durationSeconds));
      run.hidden = duration.hidden = view.choice.backend === null;
      fill(target, targets, view.choice.target);
      if (document.activeElement !== load) load.value = String(Math.log2(Math.max(view.choice.load, 0.125)));
      showLoad(load, loadText, view.choice.load);
      setText(info, infoText(view));
      info.title = infoText(view);
      exportButton.disabled = view.report === null;
    },
  };
}

/** The slider is logarithmic: its middle is the load as written, its ends an eighth and eight times of it. */
export function loadOf(position: number): number {
  return Number((2 ** position).toPrecision(3));
}

function infoText({ status, report, elapsedMs }: PanelView): string {
  if (status.kind === "running") return "simulating…";
  return report === null ? "" : `${formatSeconds(elapsedMs / 1000).replace(/\.\d ms$/, " ms")} · seed ${report.seed}`;
}

function showLoad(load: HTMLInputElement, text: HTMLElement, factor: number): void {
  const words = `${factor >= 10 || Number.isInteger(factor) ? factor.toFixed(1) : formatNumber(factor)}×`;
  setText(text, words);
  load.setAttribute("aria-valuetext", `${words} the arrivals`);
}

function select(label: string): HTMLSelectElement {
  return element("select", { attributes: { "aria-label": label, title: label } });
}

/** Leaves an open list alone where nothing changed. */
function fill(node: HTMLSelectElement, options: readonly Option[], chosen: string): void {
  const key = JSON.stringify(options);
  if (node.dataset["options"] !== key) {
    node.dataset["options"] = key;
    node.replaceChildren(...options.map(({ value, text }) => element("option", { text, attributes: { value } })));
  }
  node.value = chosen;
}

function backendOptions(choices: SimulationChoices, choice: Choice): readonly Option[] {
  const named = choices.backends.map(({ name }) => ({ value: name, text: name }));
  return choice.backend === null ? [{ value: "", text: "choose a backend" }, ...named] : named;
}

function runOptions(choices: SimulationChoices, backend: string | null): readonly Option[] {
  const scenarios = choices.scenarios.filter((each) => backend === null || each.backend === backend);
  const hasDemand = choices.backends.some((each) => each.name === backend && each.hasDemand);
  return [
    ...scenarios.map(({ name, durationSeconds }) => ({ value: `scenario:${name}`, text: `${name} · ${formatDuration(durationSeconds)}` })),
    ...(hasDemand || backend === null ? [{ value: "demand", text: "its demand" }] : []),
    ...choices.traffics.map((name) => ({ value: `traffic:${name}`, text: `traffic ${name}` })),
  ];
}

function durationOptions({ choice, report }: PanelView): readonly Option[] {
  const written = choice.durationSeconds === null && report !== null ? formatDuration(report.durationSeconds) : "as written";
  return [{ value: "", text: written }, ...durationsSeconds.map((seconds) => ({ value: String(seconds), text: `for ${formatDuration(seconds)}` }))];
}

function runValue(run: Run): string {
  return run.kind === "scenario" || run.kind === "traffic" ? `${run.kind}:${run.name}` : run.kind;
}

function parseRunValue(value: string): Run {
  const [, kind, name] = /^(scenario|traffic):(.*)$/s.exec(value) ?? [];
  return (kind === "scenario" || kind === "traffic") && name !== undefined ? { kind, name } : { kind: "demand" };
}
