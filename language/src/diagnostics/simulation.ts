/** LBP38xx: what a simulation is refused for. */
import { define } from "./diagnostic.ts";

type None = Record<never, never>;

export const noSuchBackend = define<{ name: string; known: readonly string[] }>(
  "LBP3800", "simulate-unknown-backend", "error", ({ name, known }) => `There is no backend \`${name}\`: ${choiceOf(known)}.`);

export const noSuchScenario = define<{ name: string; known: readonly string[] }>(
  "LBP3801", "simulate-unknown-scenario", "error", ({ name, known }) => `There is no scenario \`${name}\`: ${choiceOf(known)}.`);

export const noSuchTraffic = define<{ name: string; known: readonly string[] }>(
  "LBP3802", "simulate-unknown-traffic", "error", ({ name, known }) => `There is no traffic \`${name}\`: ${choiceOf(known)}.`);

export const nothingToSimulate = define<None>(
  "LBP3803", "simulate-no-demand", "error", () => "No backend says how much it is asked for: give one a `demand`, or name a traffic.");

export const noDemand = define<{ backend: string }>(
  "LBP3804", "simulate-backend-without-demand", "error", ({ backend }) => `Backend \`${backend}\` says nothing of its load: give it a \`demand\`, or name a traffic.`);

export const unknownCapacity = define<{ member: string }>(
  "LBP3805", "simulate-unknown-capacity", "error", ({ member }) =>
    `How much ${member} can take is not known: give it a \`capacity\`, or a \`response\` with its \`concurrency\`.`);

export const horizonTooLong = define<{ days: number }>(
  "LBP3806", "simulate-horizon", "error", ({ days }) => `A simulation covers more than 0 s and at most ${days} days: shorten the duration.`);

export const tooManySteps = define<{ steps: number; most: number }>(
  "LBP3807", "simulate-steps", "error", ({ steps, most }) => `This would take ${steps.toLocaleString("en-US")} steps, more than ${most.toLocaleString("en-US")}: shorten the duration or lengthen the step.`);

export const badStep = define<None>("LBP3808", "simulate-step", "error", () => "A step must be longer than 0 s: leave it out for 15 s.");

export const tooManyMembers = define<{ backend: string; count: number; most: number }>(
  "LBP3809", "simulate-members", "error", ({ backend, count, most }) =>
    `Backend \`${backend}\` may have ${count.toLocaleString("en-US")} members, more than the ${most.toLocaleString("en-US")} that are simulated: lower its maximum.`);

export const unreadableTrace = define<{ path: string; reason: string }>(
  "LBP3810", "simulate-trace", "error", ({ path, reason }) => `The trace \`${path}\` cannot be used: ${reason}.`);

export const unusableZone = define<{ zone: string }>(
  "LBP3811", "simulate-timezone", "error", ({ zone }) => `There is no time zone \`${zone}\`: write an IANA name such as "Europe/Berlin".`);

export const unusableSchedule = define<{ schedule: string }>(
  "LBP3812", "simulate-schedule", "error", ({ schedule }) => `The windows of schedule \`${schedule}\` cannot be read: correct its time zone and its cron expressions.`);

export const badLoad = define<None>("LBP3813", "simulate-load", "error", () => "The load must be a finite number from 0: give a factor such as 1.5.");

export const tooManyRequests = define<{ requests: number; most: number }>(
  "LBP3814", "simulate-requests", "error", ({ requests, most }) =>
    `These are ${requests.toLocaleString("en-US")} single requests, more than the ${most.toLocaleString("en-US")} that are simulated: shorten the duration or lower the load.`);

export const unknownService = define<{ backend: string }>(
  "LBP3815", "simulate-unknown-response", "error", ({ backend }) =>
    `How long the members of \`${backend}\` take for a request is not known: give them a \`response\`, and a \`capacity\` or a \`concurrency\`.`);

export const tooManyInSystem = define<{ backend: string; most: number }>(
  "LBP3816", "simulate-in-system", "error", ({ backend, most }) =>
    `More than ${most.toLocaleString("en-US")} requests would be at \`${backend}\` at once, more than are simulated: lower the load, or limit it with \`max_connections\` and \`max_queue\`.`);

export const tooManyChanges = define<{ backend: string; most: number }>(
  "LBP3817", "simulate-changes", "error", ({ backend, most }) =>
    `Backend \`${backend}\` changes its size more than ${most.toLocaleString("en-US")} times, more than are kept: let it rest by \`cooldown\` or \`stabilize\`, or shorten the duration.`);

export const tooManyRingPoints = define<{ backend: string; points: number; most: number }>(
  "LBP3818", "simulate-ring", "error", ({ backend, points, most }) =>
    `The ring of \`${backend}\` would have ${points.toLocaleString("en-US")} points, more than the ${most.toLocaleString("en-US")} that are simulated: lower the weights in proportion.`);

function choiceOf(known: readonly string[]): string {
  return known.length === 0 ? "the policy declares none" : `write one of ${known.map((name) => `\`${name}\``).join(", ")}`;
}
