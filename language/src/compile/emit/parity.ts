/** What a target cannot say, gathered while compiling: each difference is a diagnostic at the construct and a line of the parity table. */
import type { Definition, Diagnostic } from "../../diagnostics/diagnostic.ts";
import { report } from "../../diagnostics/diagnostic.ts";
import type { Origin } from "../../model/policy.ts";
import type { TargetName } from "../../model/target.ts";
import type { ParityNote } from "../result.ts";

export interface Parity {
  readonly target: TargetName;
  readonly notes: readonly ParityNote[];
  readonly diagnostics: readonly Diagnostic[];
  /** Something that the target says otherwise (`nearest`), not at all (`dropped`) or with a remark. `construct` as in `backend shop: slow_start`. */
  readonly differs: <P>(definition: Definition<P>, origin: Origin, parameters: P, construct: string, fidelity: ParityNote["fidelity"]) => void;
  /** Something that the target cannot be asked for at all: the output stays empty. */
  readonly refuse: <P>(definition: Definition<P>, origin: Origin, parameters: P) => void;
  readonly isRefused: () => boolean;
}

export function createParity(target: TargetName): Parity {
  const notes: ParityNote[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const add = (diagnostic: Diagnostic): boolean => {
    const key = [diagnostic.code, diagnostic.file, diagnostic.range.start, diagnostic.range.end, diagnostic.message].join("\0");
    if (seen.has(key)) return false;
    seen.add(key);
    diagnostics.push(diagnostic);
    return true;
  };
  return {
    target,
    notes,
    diagnostics,
    differs: (definition, origin, parameters, construct, fidelity) => {
      const diagnostic = report(definition, origin, parameters);
      if (add(diagnostic)) notes.push({ target, construct, fidelity, difference: diagnostic.message, origin });
    },
    refuse: (definition, origin, parameters) => {
      add(report(definition, origin, parameters));
    },
    isRefused: () => diagnostics.some((diagnostic) => diagnostic.severity === "error"),
  };
}
