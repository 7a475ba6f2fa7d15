/** From a line of an output to the policy and back. Lines count from 0. */
import type { Origin } from "../model/policy.ts";
import type { Range } from "../text/range.ts";
import type { CompileResult } from "./result.ts";

/** What a line comes from; undefined for an empty line, and where there is no such line. */
export function policyRangeOfLine(result: Pick<CompileResult, "lineOrigins">, line: number): Origin | undefined {
  return result.lineOrigins[line];
}

/**
 * The lines that come from a range of a policy's file, in their order: of all that lies in it or, where nothing does, of the smallest construct
 * around it, so that a place inside a word finds its lines too.
 */
export function linesOfPolicyRange(result: Pick<CompileResult, "lineOrigins">, file: string, range: Range): readonly number[] {
  const own = result.lineOrigins.flatMap((origin, line) => (origin?.file === file ? [{ range: origin.range, line }] : []));
  const inside = own.filter((one) => one.range.start >= range.start && one.range.end <= range.end);
  if (inside.length > 0) return inside.map((one) => one.line);
  const around = own.filter((one) => one.range.start <= range.start && one.range.end >= range.end);
  const smallest = Math.min(...around.map((one) => one.range.end - one.range.start));
  return around.filter((one) => one.range.end - one.range.start === smallest).map((one) => one.line);
}
