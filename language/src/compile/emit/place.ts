/** Names of places in comments: `backend shop (policy.lbpolicy:2)`. */
import type { Origin } from "../../model/policy.ts";
import type { LineMap } from "../../text/line-map.ts";
import { positionAt } from "../../text/line-map.ts";
import { commentText } from "./text-safety.ts";

export interface CompileOptions {
  /** The policy's files by the name that origins give; without it comments name the file but no line. */
  readonly sources?: ReadonlyMap<string, { readonly lines: LineMap }>;
}

/** `policy.lbpolicy:2`: the base name, for output must not depend on where a checkout lies. */
export function placeOf(origin: Origin, options: CompileOptions): string {
  const name = fileName(origin.file);
  const lines = options.sources?.get(origin.file)?.lines;
  return lines === undefined ? name : `${name}:${positionAt(lines, origin.range.start).line + 1}`;
}

/** The last part of a path or URI, decoded where it is a URI. */
export function fileName(file: string): string {
  const last = file.split(/[/\\]/).at(-1) ?? file;
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) return commentText(last);
  try {
    return commentText(decodeURIComponent(last));
  } catch {
    return commentText(last);
  }
}
