/** "Why": the decisions near the crosshair; the arrow keys walk through all of them and take the crosshair along. */
import type { SimulationEvent } from "../../server/src/protocol.ts";
import { askedFor, eventWindow, heldBack, memberRows, nearestEvent } from "./decisions.ts";
import { element, hidden, setText } from "./dom.ts";
import { formatCount } from "./format.ts";
import type { PanelModel } from "./model.ts";

export interface MomentView {
  readonly node: HTMLElement;
  readonly show: (model: PanelModel) => void;
  readonly point: (index: number) => void;
}

const rowsShown = 5;

/** `onSelect` gets the time of the decision that the user went to. */
export function createWhy(onSelect: (t: number) => void): MomentView {
  let model: PanelModel | undefined;
  let selected = -1;
  let painted = "";
  const near = element("small");
  const body = element("tbody");
  const empty = element("p", { class: "empty", text: "The pool keeps its size over the whole run." });
  const table = element("table", { class: "why", attributes: { "aria-label": "Decisions near the crosshair" } },
    element("thead", {}, element("tr", {}, ...["time", "replicas", "asked for", "held back by"].map((text) => element("th", { text, attributes: { scope: "col" } })))), body);
  const go = (index: number): void => {
    const event = model?.report.events[index];
    if (event === undefined) return;
    selected = index;
    onSelect(event.t);
    body.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
  };
  body.addEventListener("keydown", (event) => {
    const last = (model?.report.events.length ?? 0) - 1;
    const next = { ArrowDown: selected + 1, ArrowUp: selected - 1, Home: 0, End: last, PageDown: selected + rowsShown, PageUp: selected - rowsShown }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    go(Math.max(0, Math.min(last, next)));
  });
  body.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    if (row !== null) go(Number(row.dataset["event"]));
  });
  const paint = (at: string): void => {
    if (model === undefined) return;
    const { events } = model.report;
    setText(near, events.length === 0 ? "" : `${formatCount(events.length, "decision")}, near ${at}`);
    const { from, to } = eventWindow(events.length, selected, rowsShown);
    const key = `${from} ${to} ${selected}`;
    if (key === painted) return;
    painted = key;
    const shown = model;
    const focused = body.contains(document.activeElement);
    body.replaceChildren(...events.slice(from, to).map((event, i) => row(event, from + i, from + i === selected, shown)));
    if (focused) body.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
  };
  return {
    node: element("section", { class: "why-section" }, element("h2", {}, document.createTextNode("Why "), near), table, empty),
    show: (next) => {
      model = next;
      painted = "";
      selected = Math.min(selected, next.report.events.length - 1);
      table.hidden = next.report.events.length === 0;
      empty.hidden = !table.hidden;
    },
    point: (index) => {
      const t = model?.times[index];
      if (model === undefined || t === undefined) return;
      const events = model.report.events;
      // two decisions of one moment: the one the user went to stays
      const nearest = nearestEvent(events, t);
      if (events[selected]?.t !== events[nearest]?.t) selected = nearest;
      paint(model.clock.moment(t));
    },
  };
}

function row(event: SimulationEvent, index: number, isSelected: boolean, model: PanelModel): HTMLElement {
  const held = heldBack(event);
  return element("tr", { attributes: { tabindex: isSelected ? "0" : "-1", "data-event": String(index), title: event.reason, ...(isSelected ? { "aria-current": "true" } : {}) } },
    element("td", { text: model.clock.moment(event.t) }),
    element("td", { class: "figure-cell" }, document.createTextNode(`${event.from} → ${event.to}`), hidden(event.to > event.from ? " grows" : " shrinks")),
    element("td", { text: askedFor(event) }),
    element("td", { text: held === "" ? "–" : held }));
}

/** "Members": what each takes at the crosshair. */
export function createMembers(): MomentView {
  let model: PanelModel | undefined;
  const at = element("small");
  const list = element("ul", { class: "members" });
  return {
    node: element("section", { class: "members-section" }, element("h2", {}, document.createTextNode("Members "), at), list),
    show: (next) => { model = next; },
    point: (index) => {
      if (model === undefined) return;
      setText(at, `at ${model.clock.moment(model.times[index] ?? 0)}`);
      list.replaceChildren(...memberRows(model, index).map(({ name, loadFactor, text }) => {
        const bar = element("span", { class: loadFactor === null ? "bar starting" : loadFactor >= 1 ? "bar full" : "bar" });
        bar.style.width = `${Math.round(Math.min(1, loadFactor ?? 0.02) * 1000) / 10}%`;
        return element("li", {}, element("span", { class: "member-name", text: name }), element("span", { class: "bar-track", attributes: { "aria-hidden": "true" } }, bar), element("span", { class: "member-text", text: loadFactor !== null && loadFactor >= 1 ? `${text} saturated` : text }));
      }));
    },
  };
}
