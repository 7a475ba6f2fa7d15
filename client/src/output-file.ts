/** What may become of a file that a compiled output wants to take the place of. */
export interface ExistingFile {
  readonly kind: "file" | "link" | "folder";
  /** Its first characters; empty where it cannot be read. */
  readonly head: string;
  /** Open in an editor with changes that were not saved. */
  readonly unsaved: boolean;
}

export type WriteDecision =
  | { readonly kind: "write" }
  /** Only after the user agreed to `question`. */
  | { readonly kind: "ask"; readonly question: string }
  | { readonly kind: "refuse"; readonly message: string };

/** How much of a file is looked at for the mark: it stands in the first lines. */
export const headCharacters = 4096;

/** `mark` is what our own outputs hold; undefined for `existing` where there is no such file. */
export function decideWrite(name: string, existing: ExistingFile | undefined, mark: string): WriteDecision {
  if (existing === undefined) return { kind: "write" };
  if (existing.kind === "folder") return { kind: "refuse", message: `${name} is a folder: rename it, then compile again.` };
  if (existing.kind === "link") return { kind: "ask", question: `${name} is a symbolic link. Replace the link by the compiled file?` };
  if (existing.unsaved) return { kind: "ask", question: `${name} has changes that were not saved. Replace it by the compiled file?` };
  if (!existing.head.includes(mark)) return { kind: "ask", question: `${name} was not written by LB Policy. Replace it by the compiled file?` };
  return { kind: "write" };
}

/** A name beside `name` that no other run takes; `random` are hexadecimal digits. */
export function temporaryName(name: string, random: string): string {
  return `.${name}.${random}.tmp`;
}

/** `policy.lbpolicy has 2 errors, so nothing was written.` */
export function refusalText(policyName: string, messages: readonly string[]): string {
  const [first] = messages;
  if (first === undefined) return `${policyName} gives no output for this target.`;
  const count = messages.length === 1 ? "an error" : `${messages.length} errors`;
  return `${policyName} has ${count}, so nothing was written: ${first}`;
}

/** What the status bar says after a compile. `differences` counts what the target cannot say as the policy does. */
export function doneText(fileName: string, differences: number, outcome: "written" | "unchanged"): string {
  const what = outcome === "unchanged" ? `${fileName} is up to date` : `Wrote ${fileName}`;
  return differences === 0 ? what : `${what}; ${differences === 1 ? "1 difference" : `${differences} differences`} from the policy, listed at its head`;
}
