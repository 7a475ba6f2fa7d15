/** What a compiler returns: the bytes, where each line comes from, and what the target cannot say. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Origin } from "../model/policy.ts";
import type { TargetName } from "../model/target.ts";

/** A difference between the policy and what the target does. */
export interface ParityNote {
  readonly target: TargetName;
  /** The policy's construct, such as `backend shop: slow_start`. */
  readonly construct: string;
  readonly fidelity: "nearest" | "dropped" | "information";
  /** What was used instead and what differs. */
  readonly difference: string;
  readonly origin: Origin;
}

export interface CompiledFile {
  /** File name for a folder of files, such as `10-deployment-shop.yaml`; the whole output has none. */
  readonly name: string;
  readonly text: string;
}

export interface CompileResult {
  readonly target: TargetName;
  /** The whole output: LF line ends, final LF, no BOM. Empty where an error diagnostic prevented it. */
  readonly text: string;
  /** One entry per line of `text`: the policy range it comes from, where there is one. */
  readonly lineOrigins: readonly (Origin | undefined)[];
  /** The same output as one file per object (Kubernetes); a single file for the others. */
  readonly files: readonly CompiledFile[];
  readonly notes: readonly ParityNote[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The mark by which a generated file is recognised across versions of the tool. */
export const generatedMark = "lbpolicy-generated: v1";
