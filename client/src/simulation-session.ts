/**
 * What one panel shows over time: follows the text, the choices and the server, keeps the last good picture, and compares with the last saved
 * text. Knows nothing of VS Code, so that tests can be its host.
 */
import type { SimulateParams, SimulateResponse, SimulationReport } from "../../server/src/protocol.ts";
import type { Choice, HostMessage, PanelStatus, PanelView } from "../webview/messages.ts";
import { requestOf, resolveChoice } from "./choice.ts";
import { createLatest } from "./latest.ts";
import type { Answer } from "./policy-server.ts";

export interface PolicyText {
  readonly text: string;
  readonly version: number;
  /** Undefined where the text was never saved. */
  readonly saved: string | undefined;
}

export interface SessionHost {
  /** Rejects where the document is gone. */
  readonly read: () => Promise<PolicyText>;
  readonly ask: (params: SimulateParams, signal: AbortSignal) => Promise<Answer<SimulateResponse>>;
  readonly post: (message: HostMessage) => void;
  /** Calls back after so many milliseconds; the result takes that back. */
  readonly after: (ms: number, then: () => void) => () => void;
}

export interface SimulationSession {
  /** The text or what is saved of it changed, or the server is back. */
  readonly refresh: () => void;
  readonly choose: (choice: Choice) => void;
  /** Also a run that the server died of. */
  readonly retry: () => void;
  /** Posts all there is: the panel is new. */
  readonly show: () => void;
  readonly view: () => PanelView;
  readonly dispose: () => void;
}

/** Shorter runs show no word of running. */
const patienceMs = 150;

export function createSession(uri: string, title: string, firstChoice: Choice, host: SessionHost): SimulationSession {
  let view: PanelView = {
    uri, title, status: { kind: "running" }, report: null, baseline: null, shares: [], elapsedMs: 0,
    choices: { backends: [], scenarios: [], traffics: [] }, choice: firstChoice,
  };
  /** The run that the server died of: not asked for again until something changes. */
  let deadly: string | undefined;
  let saved: { readonly key: string; readonly report: SimulationReport | null } | undefined;

  const show = (): void => host.post({ type: "show", view });
  const setStatus = (status: PanelStatus): void => {
    view = { ...view, status };
    host.post({ type: "status", status });
  };

  /** The answer for the choice as the text allows it; undefined where another kind of answer was dealt with. */
  const askFor = async (policy: PolicyText, signal: AbortSignal): Promise<SimulateResponse | undefined> => {
    for (let attempt = 0; ; attempt++) {
      const request = requestOf(view.choice);
      const key = JSON.stringify([policy.version, request]);
      if (key === deadly) {
        setStatus(diedStatus);
        return undefined;
      }
      const answer = await host.ask({ uri, version: policy.version, request }, signal);
      if (signal.aborted) {
        if (answer.kind === "died") deadly = key;
        return undefined;
      }
      if (answer.kind !== "answer") {
        if (answer.kind === "died") deadly = key;
        if (answer.kind !== "cancelled") setStatus(unavailable(answer));
        return undefined;
      }
      const choice = resolveChoice(view.choice, answer.value.choices);
      const isSame = JSON.stringify(requestOf(choice)) === JSON.stringify(request);
      view = { ...view, choice, choices: answer.value.choices };
      if (isSame || attempt === 1) return answer.value;
    }
  };

  const baselineFor = (policy: PolicyText): SimulationReport | null | undefined =>
    policy.saved === undefined || policy.saved === policy.text ? null : saved?.key === savedKey(policy.saved, view.choice) ? saved.report : undefined;

  const fetchBaseline = async (policy: PolicyText, text: string, signal: AbortSignal): Promise<void> => {
    const answer = await host.ask({ uri, version: policy.version, text, request: requestOf(view.choice) }, signal);
    if (signal.aborted || answer.kind !== "answer") return;
    const { outcome } = answer.value;
    saved = { key: savedKey(text, view.choice), report: outcome.kind === "report" ? outcome.report : null };
    if (saved.report === null) return;
    view = { ...view, baseline: saved.report };
    show();
  };

  const simulate = async (signal: AbortSignal): Promise<void> => {
    const policy = await host.read().catch(() => undefined);
    if (policy === undefined) return setStatus({ kind: "unavailable", message: "The policy cannot be read any more.", retry: "offered" });
    const response = await askFor(policy, signal);
    if (response === undefined) return;
    const { outcome, shares, elapsedMs } = response;
    switch (outcome.kind) {
      case "cancelled": return;
      case "refused": view = { ...view, status: { kind: "stale", problems: outcome.problems.filter(({ severity }) => severity === "error") } }; return show();
      case "choose": view = { ...view, status: { kind: "choose", backends: outcome.backends }, report: null, baseline: null }; return show();
      case "report": {
        if (policy.saved === policy.text) saved = { key: savedKey(policy.text, view.choice), report: outcome.report };
        const baseline = baselineFor(policy);
        view = { ...view, status: { kind: "current" }, report: outcome.report, baseline: baseline ?? null, shares, elapsedMs };
        show();
        if (baseline === undefined && policy.saved !== undefined) await fetchBaseline(policy, policy.saved, signal);
      }
    }
  };

  const latest = createLatest(async (signal) => {
    const forget = host.after(patienceMs, () => setStatus({ kind: "running" }));
    try {
      await simulate(signal);
    } finally {
      forget();
    }
  });

  return {
    refresh: latest.request,
    choose: (choice) => {
      view = { ...view, choice };
      latest.request();
    },
    retry: () => {
      deadly = undefined;
      latest.request();
    },
    show,
    view: () => view,
    dispose: latest.dispose,
  };
}

const diedStatus: PanelStatus = {
  kind: "unavailable",
  message: "The language server stopped while it simulated this policy. It is not simulated again until the policy changes.",
  retry: "offered",
};

function unavailable(answer: Answer<never> & { readonly kind: "absent" | "died" | "failed" }): PanelStatus {
  switch (answer.kind) {
    case "absent": return { kind: "unavailable", message: "Waiting for the language server.", retry: "automatic" };
    case "died": return diedStatus;
    case "failed": return { kind: "unavailable", message: `Not simulated: ${answer.message}`, retry: "offered" };
  }
}

function savedKey(text: string, choice: Choice): string {
  return JSON.stringify([text, requestOf(choice)]);
}
