/** The strip of six figures and the expectations below it. */
import { element, hidden } from "./dom.ts";
import type { Figure } from "./figures.ts";
import { expectationTexts, figures } from "./figures.ts";
import type { PanelModel } from "./model.ts";

export interface Strip {
  readonly node: HTMLElement;
  readonly show: (model: PanelModel) => void;
}

export function createStrip(): Strip {
  const list = element("dl", { class: "figures", attributes: { "aria-label": "Figures of the run" } });
  const expectations = element("ul", { class: "expectations", attributes: { "aria-label": "Expectations" } });
  return {
    node: element("div", { class: "strip" }, list, expectations),
    show: (model) => {
      list.replaceChildren(...figures(model).map(card));
      expectations.replaceChildren(...expectationTexts(model.report).map(({ text, holds }) =>
        element("li", { class: holds ? "good" : "bad" }, element("span", { text: holds ? "✓" : "✗", attributes: { "aria-hidden": "true" } }), hidden(holds ? "holds: " : "fails: "), document.createTextNode(` ${text}`))));
      expectations.hidden = model.report.expectations.length === 0;
    },
  };
}

function card(figure: Figure): HTMLElement {
  const note = element("dd", { class: "note" });
  const { change } = figure;
  if (change === undefined) {
    note.textContent = figure.note;
  } else {
    const arrow = change.direction === "up" ? "▲" : "▼";
    note.append(
      document.createTextNode(`was ${change.was} `),
      element("span", { class: `change ${change.verdict}` }, element("span", { text: `${arrow} ${change.by}`.trim() }), hidden(change.verdict === "different" ? "" : `, ${change.verdict}`)),
    );
    if (figure.note !== "") note.title = figure.note;
  }
  return element("div", { class: "figure" }, element("dt", { text: figure.label }), element("dd", { class: `figure-value ${figure.tone}`, text: figure.value }), note);
}
