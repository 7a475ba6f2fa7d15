/** From offsets to the protocol's positions, in the file that they are of. */
import type { Range as ProtocolRange } from "vscode-languageserver/node";
import { createLineMap } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, LineMap, Range } from "../../language/src/index.ts";
import { toPosition } from "./positions.ts";
import type { Problem } from "./protocol.ts";

export function protocolRange(lines: LineMap, range: Range): ProtocolRange {
  return { start: toPosition(lines, range.start), end: toPosition(lines, range.end) };
}

/** Where the lines of some files begin: an analysis, or what is known of a followed document. */
export interface Places {
  readonly sources: ReadonlyMap<string, { readonly lines: LineMap }>;
}

/** Of a file of the analysis. A file that it does not hold has only a first position. */
export function rangeIn(analysis: Places, file: string, range: Range): ProtocolRange {
  return protocolRange(analysis.sources.get(file)?.lines ?? createLineMap(""), range);
}

/** Of a file that one of the analyses holds. */
export function rangeInAny(analyses: readonly Analysis[], file: string, range: Range): ProtocolRange {
  const holder = analyses.find((analysis) => analysis.sources.has(file));
  return holder === undefined ? protocolRange(createLineMap(""), range) : rangeIn(holder, file, range);
}

/** A diagnostic as the custom requests carry it. */
export function problemOf(analysis: Analysis, diagnostic: Diagnostic): Problem {
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    uri: diagnostic.file,
    range: rangeIn(analysis, diagnostic.file, diagnostic.range),
  };
}
