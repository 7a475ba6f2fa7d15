/** What stands in the way of a current picture, in a line above it. */
import type { Problem } from "../../server/src/protocol.ts";
import { element, setText } from "./dom.ts";
import { formatCount } from "./format.ts";
import type { PanelMessage, PanelView } from "./messages.ts";

export interface Banner {
  readonly node: HTMLElement;
  readonly show: (view: PanelView) => void;
}

export function createBanner(post: (message: PanelMessage) => void): Banner {
  const text = element("span", { class: "banner-text" });
  const action = element("button", { attributes: { type: "button" } });
  const node = element("div", { class: "banner", attributes: { role: "status" } }, text, action);
  let message: PanelMessage | undefined;
  action.addEventListener("click", () => { if (message !== undefined) post(message); });
  return {
    node,
    show: (view) => {
      const { words, label, follow } = bannerOf(view);
      node.hidden = words === "";
      setText(text, words);
      action.hidden = follow === undefined;
      setText(action, label);
      message = follow;
    },
  };
}

interface BannerContent {
  readonly words: string;
  readonly label: string;
  readonly follow?: PanelMessage;
}

/** The words and the button for a state of the panel; no words where the picture is current. */
export function bannerOf(view: Pick<PanelView, "status" | "report">): BannerContent {
  const { status, report } = view;
  switch (status.kind) {
    case "current": return { words: "", label: "" };
    case "running": return { words: report === null ? "Simulating…" : "", label: "" };
    case "choose": return { words: `Several backends have a demand: choose ${listed(status.backends)}.`, label: "" };
    case "unavailable": return { words: status.message, label: "Simulate Again", ...(status.retry === "offered" ? { follow: { type: "retry" } } : {}) };
    case "stale": {
      const first = status.problems[0];
      if (first === undefined) return { words: "This text cannot be simulated.", label: "" };
      const kept = report === null ? "" : " The curves are of the last text without errors.";
      return { words: `${problemText(first, status.problems)}${kept}`, label: "Go to Problem", follow: { type: "reveal", problem: 0 } };
    }
  }
}

function problemText(first: Problem, all: readonly Problem[]): string {
  const count = all.length === 1 ? "" : `${formatCount(all.length, "error")}, the first in `;
  const where = `${count === "" ? "Line" : "line"} ${first.range.start.line + 1}: `;
  return `${count}${where}${first.message}${/[.!?]$/.test(first.message) ? "" : "."}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}
