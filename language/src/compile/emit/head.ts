/** The head of a compiled file: the mark, the tool, the policy, and what differs. No date, so that the same policy gives the same bytes. */
import type { Policy } from "../../model/policy.ts";
import { version } from "../../version.ts";
import type { ParityNote } from "../result.ts";
import { generatedMark } from "../result.ts";
import { fileName } from "./place.ts";
import { commentText } from "./text-safety.ts";

/** Comment lines without their `#`. The second alone holds the tool's version. */
export function headLines(policy: Policy, notes: readonly ParityNote[]): readonly string[] {
  const declarations = [...policy.services, ...policy.backends];
  const files = [...new Set(declarations.map((declaration) => fileName(declaration.origin.file)))];
  const from = files.length > 0 ? ` from ${files.join(", ")}` : "";
  const head = [generatedMark, `Made by lbpolicy ${version}.`, `Compiled${from}: edit the policy, not this file.`];
  if (notes.length === 0) return head;
  return [...head, "", "Where this differs from the policy:", ...notes.map((note) => commentText(`- ${note.construct} (${note.fidelity}): ${note.difference}`))];
}

/** The line that `compile --check` leaves out of the comparison. */
export function isVersionLine(line: string): boolean {
  return /^# Made by lbpolicy \d+\.\d+\.\d+\.$/.test(line);
}
