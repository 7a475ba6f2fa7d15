/** What happens to members at set times: they fail, slow down, are found out and come back. */
import type { RequestModel } from "./model.ts";

export interface ControlEvent {
  readonly at: number;
  readonly kind: "fails" | "recovers" | "slows" | "found_down" | "found_up";
  readonly member: number;
  /** For `slows`. */
  readonly factor: number;
}

/** Events by time; those of the same time in the order in which they were put in. */
export interface ControlAgenda {
  /** Infinity where nothing is left. */
  readonly nextAt: () => number;
  readonly take: () => ControlEvent | undefined;
  readonly put: (event: ControlEvent) => void;
}

/** The faults of a model, and what active checks make of them. */
export function controlAgenda(model: RequestModel): ControlAgenda {
  const events: ControlEvent[] = [];
  const put = (event: ControlEvent): void => {
    const index = events.findIndex((other) => other.at > event.at);
    events.splice(index < 0 ? events.length : index, 0, event);
  };
  for (const { kind, member, factor, from, to } of model.faults) {
    if (kind === "slow") {
      put({ at: from, kind: "slows", member, factor });
      put({ at: to, kind: "slows", member, factor: 1 / factor });
      continue;
    }
    put({ at: from, kind: "fails", member, factor: 1 });
    put({ at: to, kind: "recovers", member, factor: 1 });
    const { active } = model.detection;
    if (active === undefined) continue;
    // The probes at or after a change see it; the last of as many as are needed acts.
    const seenAt = (change: number, probes: number) => (Math.ceil(change / active.intervalSeconds) + probes - 1) * active.intervalSeconds;
    const down = seenAt(from, active.fall);
    if (down >= to) continue;
    put({ at: down, kind: "found_down", member, factor: 1 });
    put({ at: seenAt(to, active.rise), kind: "found_up", member, factor: 1 });
  }
  return { nextAt: () => events[0]?.at ?? Infinity, take: () => events.shift(), put };
}
