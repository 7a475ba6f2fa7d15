/** The simulation panel: puts its parts together, keeps the moment under the crosshair, and talks to the host. */
import { createBanner } from "./banner.ts";
import { createChoiceRow } from "./choices.ts";
import { element, setText } from "./dom.ts";
import type { PanelMessage, PanelState, PanelView } from "./messages.ts";
import { parseHostMessage, parsePanelState } from "./messages.ts";
import type { PanelModel } from "./model.ts";
import { createModel, nearestIndex } from "./model.ts";
import { createPlot } from "./plot.ts";
import { plotSpecs } from "./plot-specs.ts";
import { createScrubber, stepFrom } from "./scrubber.ts";
import { createStrip } from "./strip.ts";
import { readTheme, watchTheme } from "./theme.ts";
import { createMembers, createWhy } from "./why.ts";

interface Host {
  postMessage(message: PanelMessage): void;
  getState(): unknown;
  setState(state: PanelState): void;
}

declare function acquireVsCodeApi(): Host;

openPanel(acquireVsCodeApi());

function openPanel(host: Host): void {
  const post = (message: PanelMessage): void => host.postMessage(message);
  let view: PanelView | undefined;
  let model: PanelModel | undefined;
  /** Seconds since the start; until the user moves it, the moment of the peak. */
  let at = parsePanelState(host.getState())?.at ?? null;

  const save = (): void => { if (view !== undefined) host.setState({ uri: view.uri, choice: view.choice, at }); };
  const moveTo = (t: number): void => {
    at = Math.max(0, Math.min(t, model?.report.durationSeconds ?? t));
    save();
    point();
  };
  const choices = createChoiceRow((choice) => post({ type: "choose", choice }), () => post({ type: "export" }));
  const banner = createBanner(post);
  const strip = createStrip();
  const scrubber = createScrubber(moveTo);
  const theme = readTheme();
  const plots = plotSpecs.map((spec) => createPlot(spec, theme, moveTo));
  const why = createWhy(moveTo);
  const members = createMembers();
  const notes = createNotes();
  const moments = [scrubber, ...plots, why, members];
  const run = element("div", { class: "run" }, strip.node, scrubber.node, element("div", { class: "plots" }, ...plots.map((plot) => plot.node)), element("div", { class: "tables" }, why.node, members.node), notes.node);
  document.body.append(choices.node, banner.node, element("main", {}, run));
  run.hidden = true;

  function point(): void {
    if (model === undefined) return;
    const index = nearestIndex(model.times, at ?? model.report.summary.peakLoadFactorAt);
    for (const each of moments) each.point(index);
  }

  function showStatus(next: PanelView): void {
    view = next;
    choices.show(next);
    banner.show(next);
    run.hidden = next.report === null;
    run.classList.toggle("stale", next.status.kind === "stale" || next.status.kind === "unavailable");
    save();
  }

  function show(next: PanelView): void {
    showStatus(next);
    if (next.report === null) return;
    model = createModel(next.report, next.baseline, next.shares);
    for (const part of [strip, scrubber, ...plots, why, members, notes]) part.show(model);
    point();
  }

  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    const message = parseHostMessage(event.data);
    if (message?.type === "show") show(message.view);
    else if (message !== undefined && view !== undefined) showStatus({ ...view, status: message.status });
  });
  document.addEventListener("keydown", (event) => {
    if (model === undefined || event.target !== document.body || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    moveTo(stepFrom(model, at ?? model.report.summary.peakLoadFactorAt, event) ?? 0);
    event.preventDefault();
  });
  watchTheme(() => {
    const next = readTheme();
    for (const plot of plots) plot.restyle(next);
  });
  post({ type: "ready" });
}

/** What the model assumes or leaves out for this backend. */
function createNotes(): { readonly node: HTMLElement; readonly show: (model: PanelModel) => void } {
  const summary = element("summary");
  const list = element("ul");
  const node = element("details", { class: "notes" }, summary, list);
  return {
    node,
    show: ({ report }) => {
      node.hidden = report.notes.length === 0;
      setText(summary, `What this run assumes (${report.notes.length})`);
      list.replaceChildren(...report.notes.map((text) => element("li", { text })));
    },
  };
}
