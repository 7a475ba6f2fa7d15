/** Timeouts and retries: written in `defaults` where all sections say the same, else in each. */
import { connectTimeoutRetried, retryConditionDropped, sendTimeoutShared } from "../../diagnostics/targets-balancers.ts";
import type { Backend, Origin } from "../../model/policy.ts";
import { limitsConnections } from "../emit/algorithms.ts";
import { durationText } from "../emit/quantities.ts";
import { layerOfBackend } from "../emit/services.ts";
import type { HaproxyContext } from "./context.ts";
import type { Line } from "./sections.ts";
import { line } from "./sections.ts";
import type { HaproxyWord } from "./words.ts";
import { word, words } from "./words.ts";

/** A setting that a section may inherit from `defaults`. */
export interface Setting {
  readonly words: readonly HaproxyWord[];
  readonly origin: Origin | undefined;
}

export function modeSetting(mode: "http" | "tcp"): Setting {
  return { words: [word("mode"), word(mode)], origin: undefined };
}

export function timeoutSetting(name: string, seconds: number, origin: Origin | undefined): Setting {
  return { words: [word("timeout"), word(name), word(durationText(seconds))], origin };
}

/** `timeout server` is read and send in one; of tcp it is the time without a byte. */
export function backendSettings(context: HaproxyContext, backend: Backend): readonly Setting[] {
  const { timeouts } = backend;
  const origin = timeouts.origin ?? backend.origin;
  const isHttp = layerOfBackend(backend) === "http";
  if (isHttp && timeouts.sendSeconds !== timeouts.readSeconds && timeouts.sendSeconds !== usualSendSeconds) {
    context.parity.differs(sendTimeoutShared, origin, { program: context.program, read: durationText(timeouts.readSeconds) }, `backend ${backend.name}: timeout send`, "nearest");
  }
  return [
    modeSetting(isHttp ? "http" : "tcp"),
    timeoutSetting("connect", timeouts.connectSeconds, origin),
    timeoutSetting("server", isHttp ? timeouts.readSeconds : timeouts.idleSeconds, origin),
    timeoutSetting("queue", limitsConnections(backend) && backend.maxQueue === undefined ? noQueueSeconds : timeouts.queueSeconds, origin),
    ...(isHttp ? [timeoutSetting("tunnel", timeouts.idleSeconds, origin)] : []),
    ...(backend.health === undefined ? [] : [timeoutSetting("check", backend.health.timeoutSeconds, backend.health.origin)]),
    ...retrySettings(context, backend, isHttp),
  ];
}

/**
 * Without max_queue a request that finds every member full shall get 503 at once: it waits the shortest time that HAProxy knows. A rule on
 * be_conn_free alone lets requests slip through that its threads look at together (up to 7 of 10, which then waited for their turn).
 */
const noQueueSeconds = 0.001;

/** The language's default, which nobody asked for. */
const usualSendSeconds = 60;

function retrySettings(context: HaproxyContext, backend: Backend, isHttp: boolean): readonly Setting[] {
  const { retry, affinity } = backend.strategy;
  const origin = retry.origin ?? backend.strategy.origin ?? backend.origin;
  const conditions = isHttp ? retryConditions(context, backend) : ["conn-failure"];
  const count = conditions.length === 0 ? 0 : retry.count;
  return [
    { words: words(`retries ${count}`), origin },
    ...(count > 0 || affinity?.kind === "cookie" ? [{ words: words("option redispatch 1"), origin }] : []),
    ...(count > 0 && isHttp ? [{ words: [word("retry-on"), ...conditions.map(word)], origin }] : []),
  ];
}

const retriable = [401, 403, 404, 408, 425, 500, 501, 502, 503, 504];

function retryConditions(context: HaproxyContext, backend: Backend): readonly string[] {
  const { retry } = backend.strategy;
  const origin = retry.origin ?? backend.strategy.origin ?? backend.origin;
  return [...new Set(retry.on.flatMap((condition): readonly string[] => {
    if (condition === "error") {
      // only where somebody asked for errors and not for time-outs: of the default nobody expects either
      if (retry.origin !== undefined && retry.count > 0 && !retry.on.includes("timeout")) {
        context.parity.differs(connectTimeoutRetried, origin, { program: context.program }, `backend ${backend.name}: retry on error`, "information");
      }
      return ["conn-failure", "empty-response"];
    }
    if (condition === "timeout") return ["response-timeout"];
    if (condition === "5xx") return ["500", "502", "503", "504"];
    if (retriable.includes(condition)) return [String(condition)];
    context.parity.differs(retryConditionDropped, origin, { program: context.program, condition: String(condition) }, `backend ${backend.name}: retry on ${condition}`, "dropped");
    return [];
  }))];
}

/** The settings that every one of several sections has word for word. */
export function commonSettings(sections: readonly (readonly Setting[])[]): readonly Setting[] {
  const [first, ...others] = sections;
  return (first ?? []).filter((setting) => others.every((settings) => settings.some((other) => textOf(other) === textOf(setting))));
}

/** The lines of a section's settings without those that it inherits. */
export function ownSettings(settings: readonly Setting[], inherited: readonly Setting[]): readonly Line[] {
  const known = new Set(inherited.map(textOf));
  return settings.filter((setting) => !known.has(textOf(setting))).map((setting) => line(setting.words, setting.origin));
}

function textOf(setting: Setting): string {
  return setting.words.join(" ");
}
