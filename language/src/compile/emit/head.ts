/** The head of a compiled file: the mark, the tool, the policy, and what differs. No date, so that the same policy gives the same bytes. */
import type { Origin, Policy } from "../../model/policy.ts";
import { version } from "../../version.ts";
import type { ParityNote } from "../result.ts";
import { generatedMark } from "../result.ts";
import type { OutputLine } from "./lines.ts";
import { fileName } from "./place.ts";
import { commentText } from "./text-safety.ts";

/** Comment lines without their `#`. The second alone holds the tool's version. */
export function headLines(policy: Policy, notes: readonly ParityNote[]): readonly string[] {
  return headOutput(policy, notes).map((line) => line.text);
}

/** The same lines; a difference knows its construct. */
export function headOutput(policy: Policy, notes: readonly ParityNote[]): readonly OutputLine[] {
  const declarations = [...policy.services, ...policy.backends];
  const files = [...new Set(declarations.map((declaration) => fileName(declaration.origin.file)))];
  const from = files.length > 0 ? ` from ${files.join(", ")}` : "";
  const plain = (text: string): OutputLine => ({ text, origin: undefined });
  const head = [generatedMark, `Made by lbpolicy ${version}.`, `Compiled${from}: edit the policy, not this file.`].map(plain);
  if (notes.length === 0) return head;
  const differences = notes.map((note) => ({ text: commentText(`- ${note.construct} (${note.fidelity}): ${note.difference}`), origin: note.origin }));
  return [...head, plain(""), plain("Where this differs from the policy:"), ...differences];
}

/** What the lines come from that no single construct asks for: the target, else the first declaration that is compiled. */
export function wholeOrigin(policy: Policy, target: { readonly origin?: Origin }): Origin | undefined {
  return target.origin ?? policy.services[0]?.origin ?? policy.backends[0]?.origin;
}

/** The line that `compile --check` leaves out of the comparison. */
export function isVersionLine(line: string): boolean {
  return /^# Made by lbpolicy \d+\.\d+\.\d+\.$/.test(line);
}
