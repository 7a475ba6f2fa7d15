/** What stands above an autoscaler. */
import type { Backend, Scale } from "../../model/policy.ts";
import { callBackend } from "./context.ts";
import { callThreshold } from "./rules.ts";

export function autoscalerComment(backend: Backend, scale: Scale): readonly string[] {
  const movers = [...scale.thresholds.map(callThreshold), ...scale.schedules.map((schedule) => `schedule ${schedule.name}`)];
  const moved = `${callBackend(backend)}: moved by ${movers.join(", ")}`;
  return scale.schedules.length === 0 ? [moved] : [moved, "The bounds are those outside every schedule; applying this again sets them back until the next change."];
}
