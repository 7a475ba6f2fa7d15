/** LBP3xxx: values that no target takes, or that cannot be meant. */
import { define } from "./diagnostic.ts";

export const outOfRange = define<{ what: string; value: string; min: string | undefined; max: string | undefined }>(
  "LBP3001", "out-of-range", "error", ({ what, value, min, max }) =>
    `${what} of ${value} is out of range: write ${min === undefined ? `at most ${max}` : max === undefined ? (min?.startsWith("more") === true ? min : `at least ${min}`) : `${min} to ${max}`}.`);

export const notWhole = define<{ what: string; value: string }>(
  "LBP3002", "not-whole", "error", ({ what, value }) => `${what} must be a whole number, not ${value}: use ceil() or floor().`);

export const divisionByZero = define<Record<never, never>>(
  "LBP3003", "division-by-zero", "error", () => "This divides by zero: change the divisor.");

export const overflow = define<Record<never, never>>(
  "LBP3004", "overflow", "error", () => "The result is too large to be exact, at most 9007199254740991 is: use smaller values.");

export const badAddress = define<{ address: string; reason: string }>(
  "LBP3005", "bad-address", "error", ({ address, reason }) => `\`${address}\` is no address: ${reason}.`);

export const emptyRange = define<{ low: string; high: string }>(
  "LBP3006", "empty-range", "error", ({ low, high }) => `The range ends (${high}) below its start (${low}): write the smaller value first.`);

export const badTime = define<{ text: string; reason: string }>(
  "LBP3007", "bad-time", "error", ({ text, reason }) => `\`${text}\` ${reason}.`);

export const badTimezone = define<{ timezone: string; nearest: string | undefined }>(
  "LBP3008", "bad-timezone", "error", ({ timezone, nearest }) => `There is no time zone \`${timezone}\`: ${nearest === undefined ? 'write an IANA name such as "Europe/Berlin".' : `did you mean \`${nearest}\`?`}`);

export const badCron = define<{ expression: string; reason: string }>(
  "LBP3009", "bad-cron", "error", ({ expression, reason }) => `\`${expression}\` is no cron expression of five fields: ${reason}.`);

export const neverStarts = define<{ expression: string }>(
  "LBP3010", "never-starts", "warning", ({ expression }) => `\`${expression}\` never comes: change the day or the month.`);

export const badCurve = define<{ reason: string }>(
  "LBP3011", "bad-curve", "error", ({ reason }) => `The curve ${reason}.`);

export const memberMismatch = define<{ message: string }>(
  "LBP3012", "member-mismatch", "error", ({ message }) => `${message}.`);

export const badShares = define<{ sum: string }>(
  "LBP3013", "bad-shares", "error", ({ sum }) => `The shares add up to ${sum}: make them 100%.`);

export const badStatus = define<{ text: string; reason: string }>(
  "LBP3014", "bad-status", "error", ({ text, reason }) => `\`${text}\` ${reason}.`);

export const cutBounds = define<{ schedule: string; bound: string; pool: string }>(
  "LBP3015", "schedule-outside-bounds", "warning", ({ schedule, bound, pool }) => `The schedule ${schedule} asks for ${bound}, outside the pool's ${pool}, and is cut: widen one of them.`);

export const unverifiedMembers = define<{ message: string }>(
  "LBP3017", "unverified-members", "warning", ({ message }) => `${message}.`);

export const shareWithoutPercent = define<{ text: string; share: string }>(
  "LBP3018", "share-without-percent", "warning", ({ text, share }) => `${text} without a % is ${share} here: write \`${text}%\` if that is meant, or \`${share}\`.`);

export const fallingCurve = define<{ from: number; fromRate: string; to: number; toRate: string; best: number; bestRate: string }>(
  "LBP3019", "falling-curve", "warning", ({ from, fromRate, to, toRate, best, bestRate }) =>
    `This member serves ${toRate} at ${to} at once, less than the ${fromRate} at ${from}: its best is ${bestRate} at \`concurrency ${best}\`.`);

export const scheduleWithoutReplicas = define<{ name: string }>(
  "LBP3020", "schedule-without-replicas", "information", ({ name }) => `The schedule ${name} says when, but not how many: write \`replicas\` and a floor or bounds.`);

export const redirectUnreached = define<{ message: string }>(
  "LBP3021", "redirect-unreached", "warning", ({ message }) => `${message}.`);

export const strategyNeedsRequests = define<{ what: string; backend: string; protocol: string; instead: string }>(
  "LBP3022", "strategy-needs-requests", "warning", ({ what, backend, protocol, instead }) =>
    `${what} needs requests, and ${backend} speaks ${protocol}: \`${instead}\` is used there; write it, or another protocol.`);

export const scenarioWithoutLoad = define<{ name: string; backend: string }>(
  "LBP3023", "scenario-without-load", "warning", ({ name, backend }) => `The scenario ${name} cannot run without a load: write a \`traffic\`, or a \`demand\` in ${backend}.`);

export const fullAboveLimit = define<{ full: string; limit: string; from: string }>(
  "LBP3025", "full-above-limit", "warning", ({ full, limit, from }) => `A member that would use ${full} is held at its limit of ${limit} from a load factor of ${from} on: raise the limit, or lower \`full\`.`);

export const unmatchedPath = define<{ path: string; reason: string; instead: string }>(
  "LBP3026", "unmatched-path", "warning", ({ path, reason, instead }) => `\`${path}\` is not what a request is compared with: ${reason}, write \`${instead}\`.`);

export const expectationOfRun = define<{ measure: string; text: string }>(
  "LBP3024", "expectation-of-the-run", "warning", ({ measure, text }) => `\`${measure}\` is one figure of the whole run, so \`${text}\` changes nothing: remove it.`,
  () => ({ title: "Remove it", replacement: "" }));

export const badText = define<{ what: string; text: string; reason: string }>(
  "LBP3016", "bad-text", "error", ({ what, text, reason }) => `${what} cannot be \`${text}\`: ${reason}.`);
