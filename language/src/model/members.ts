/** What one member can do: of capacity, response and concurrency any two give the third. */
import * as values from "../diagnostics/values.ts";
import type { ValueElement } from "../syntax/spec.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import type { Context } from "./context.ts";
import { complain } from "./context.ts";
import type { Fields } from "./fields.ts";
import { expressionOf, numberOf, rangeOfField } from "./fields.ts";
import type { Curve, CurvePoint, Member } from "./policy.ts";
import { durationText, quantityText } from "./quantity.ts";

/** Seconds at a concurrency: straight lines between the points, flat outside. */
export function curveAt(points: readonly CurvePoint[], concurrency: number): number {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return NaN;
  if (concurrency <= first.concurrency) return first.seconds;
  if (concurrency >= last.concurrency) return last.seconds;
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.concurrency ?? 0) <= concurrency) low = middle;
    else high = middle;
  }
  const a = points[low] ?? first;
  const b = points[high] ?? last;
  return a.seconds + ((b.seconds - a.seconds) * (concurrency - a.concurrency)) / (b.concurrency - a.concurrency);
}

/** The whole concurrency at which N / response(N) is largest, up to `limit`. Throughput is piecewise monotonic, so the points suffice. */
export function bestConcurrency(points: readonly CurvePoint[]): { readonly concurrency: number; readonly perSecond: number } {
  let best = { concurrency: 1, perSecond: 1 / curveAt(points, 1) };
  for (const point of points) {
    const perSecond = point.concurrency / point.seconds;
    if (perSecond > best.perSecond) best = { concurrency: point.concurrency, perSecond };
  }
  return best;
}

/** The smallest whole N at which N / response(N) reaches a rate; undefined where none does. */
function concurrencyFor(points: readonly CurvePoint[], ratePerSecond: number): number | undefined {
  const last = points.at(-1)?.concurrency ?? 1;
  const slack = 1 - 1e-12;
  let from = 1;
  for (const point of [...points, { concurrency: last, seconds: 0 }]) {
    if (point.concurrency / curveAt(points, point.concurrency) >= ratePerSecond * slack) {
      // Between two points throughput rises or falls throughout, so the first crossing can be bisected.
      let low = from;
      let high = point.concurrency;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (middle / curveAt(points, middle) >= ratePerSecond * slack) high = middle;
        else low = middle + 1;
      }
      return low;
    }
    from = point.concurrency;
  }
  return undefined;
}

interface ReadCurve {
  readonly curve: Curve;
  /** True where at least one point has an `at`. */
  readonly shaped: boolean;
}

const secondsElement: ValueElement = { type: "value", kind: "curve", label: "response", min: 1e-6, max: 86_400 };
const atElement: ValueElement = { type: "value", kind: "count", label: "at", min: 1, max: 1_000_000 };

function curveOf(context: Context, fields: Fields, label: string): ReadCurve | undefined {
  const field = fieldOf(fields, label);
  const value = field?.value;
  if (value?.type !== "curve" || field?.element === undefined) return undefined;
  const points: CurvePoint[] = [];
  for (const point of value.points) {
    const seconds = expressionOf(context, point.seconds, secondsElement, field);
    const at = point.at === undefined ? 1 : expressionOf(context, point.at, atElement, { ...field, label: "at" });
    if (seconds === undefined || at === undefined) return undefined;
    const previous = points.at(-1);
    if (previous !== undefined && at <= previous.concurrency) {
      return complain(context, values.badCurve, point.at?.range ?? point.seconds.range, { reason: `falls back from ${previous.concurrency} to ${at}: write its points in rising order` });
    }
    points.push({ concurrency: at, seconds });
  }
  return { curve: { points, origin: { file: context.file, range: value.range } }, shaped: value.points[0]?.at !== undefined };
}

/** What the options of a server or a replica say, with what follows from them. */
export function readMember(context: Context, fields: Fields): { readonly [K in keyof Member]-?: Member[K] | undefined } & { readonly variation: number } {
  const given = numberOf(context, fields, "capacity");
  const response = curveOf(context, fields, "response");
  const ttft = curveOf(context, fields, "ttft");
  const slots = numberOf(context, fields, "concurrency");
  const { capacityPerSecond, response: derivedResponse, concurrency } = derive(context, fields, given, response, slots);
  if (response?.shaped === true && concurrency !== undefined) checkFalling(context, fields, response.curve, concurrency);
  return {
    capacityPerSecond,
    response: derivedResponse,
    concurrency,
    ttft: ttft?.curve,
    variation: numberOf(context, fields, "variation") ?? 1,
    maxConnections: numberOf(context, fields, "max_connections"),
    pricePerHour: numberOf(context, fields, "cost"),
  };
}

/** Told where throughput falls on the way to what the member serves at once: past its best it serves less the more it is given. */
function checkFalling(context: Context, fields: Fields, { points, origin }: Curve, concurrency: number): void {
  const throughput = (at: number): number => at / curveAt(points, at);
  const steps = [...new Set([1, ...points.map((point) => point.concurrency).filter((at) => at < concurrency), concurrency])];
  const from = steps.find((at, i) => i + 1 < steps.length && throughput(steps[i + 1] ?? at) < throughput(at) * (1 - 1e-9));
  if (from === undefined) return;
  const to = steps[steps.indexOf(from) + 1] ?? from;
  const best = steps.reduce((a, b) => (throughput(b) > throughput(a) ? b : a));
  const written = rangeOfField(fields, "concurrency");
  const edit = written === undefined ? { range: { start: origin.range.end, end: origin.range.end }, text: ` concurrency ${best}` } : { range: written, text: String(best) };
  complain(context, values.fallingCurve, origin.range, { from, fromRate: rate(throughput(from)), to, toRate: rate(throughput(to)), best, bestRate: rate(throughput(best)) },
    best < concurrency ? { fixes: [{ title: `Serve ${best} at once, with concurrency ${best}`, file: context.file, edits: [edit] }] } : {});
}

type Derived = { readonly [K in "capacityPerSecond" | "response" | "concurrency"]: Member[K] | undefined };

function derive(context: Context, fields: Fields, capacity: number | undefined, response: ReadCurve | undefined, slots: number | undefined): Derived {
  const at = (label: string): Range => rangeOfField(fields, label) ?? { start: 0, end: 0 };
  if (response === undefined) {
    if (capacity === undefined || slots === undefined) return { capacityPerSecond: capacity, response: undefined, concurrency: slots };
    const curve: Curve = { points: [{ concurrency: 1, seconds: slots / capacity }], origin: { file: context.file, range: at("capacity") } };
    return { capacityPerSecond: capacity, response: curve, concurrency: slots };
  }
  const { points } = response.curve;
  const last = points.at(-1)?.concurrency ?? 1;
  let concurrency = slots;
  if (response.shaped && slots !== undefined && slots > last) {
    complain(context, values.memberMismatch, at("concurrency"), { message: `\`concurrency\` of ${slots} lies beyond the curve, which ends at ${last}: lengthen the curve or write at most ${last}` }, {
      fixes: [{ title: `Write ${last}`, file: context.file, edits: [{ range: at("concurrency"), text: String(last) }] }],
    });
    concurrency = last;
  }
  if (concurrency !== undefined) {
    const sum = concurrency / curveAt(points, concurrency);
    if (capacity !== undefined && Math.abs(sum - capacity) > 0.01 * capacity) {
      complain(context, values.memberMismatch, at("capacity"), {
        message: `${concurrency} at once in ${durationText(curveAt(points, concurrency))} each are ${rate(sum)}, not ${rate(capacity)}: leave one of \`capacity\`, \`response\` and \`concurrency\` out`,
      });
    }
    return { capacityPerSecond: capacity ?? sum, response: response.curve, concurrency };
  }
  if (capacity === undefined) {
    if (!response.shaped) return { capacityPerSecond: undefined, response: response.curve, concurrency: undefined };
    return { capacityPerSecond: last / curveAt(points, last), response: response.curve, concurrency: last };
  }
  if (!response.shaped) return { capacityPerSecond: capacity, response: response.curve, concurrency: capacity * curveAt(points, 1) };
  const reached = concurrencyFor(points, capacity);
  if (reached === undefined) {
    const best = bestConcurrency(points);
    complain(context, values.memberMismatch, at("capacity"), {
      message: `The curve never reaches ${rate(capacity)}: its best is ${rate(best.perSecond)} at ${best.concurrency}; lower \`capacity\` or lengthen the curve`,
    });
    return { capacityPerSecond: best.perSecond, response: response.curve, concurrency: best.concurrency };
  }
  return { capacityPerSecond: capacity, response: response.curve, concurrency: reached };
}

function rate(perSecond: number): string {
  return quantityText({ dimension: "rate", value: perSecond });
}
