/** Figures beside the text: what each server gets and how full it is; how many members each scaled pool needs. */
import type { Backend } from "../model/policy.ts";
import type { FileNode, Statement } from "../syntax/tree.ts";
import { fieldOf } from "../syntax/tree.ts";
import type { Range } from "../text/range.ts";
import type { MemberState } from "../simulate/steady/steady-state.ts";
import { backendFigures } from "./backend-figures.ts";
import { memberFormulas, neededFormulas } from "./formulas.ts";
import { paragraphs } from "./markdown.ts";
import type { RunFigures } from "./run-figures.ts";
import { runLabel, runText } from "./run-figures.ts";
import { loadText, rateText, secondsText, shareText } from "./figures-text.ts";

export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly kind: "server" | "pool";
}

/** What hints stand beside: an analysis, or a piece of a followed document. */
export interface HintScene {
  readonly source: { readonly file: string };
  readonly policy: { readonly backends: readonly Backend[] };
  readonly tree: FileNode;
}

/** The hints whose place lies in the range, in document order. `runs` are the simulations that are known of the same text. */
export function inlayHints(analysis: HintScene, range: Range, runs: (backend: string) => RunFigures | undefined = () => undefined): readonly InlayHint[] {
  const { file } = analysis.source;
  const hints = analysis.policy.backends
    .filter((backend) => backend.origin.file === file && backend.origin.range.start <= range.end && range.start <= backend.origin.range.end)
    .flatMap((backend) => [...serverHints(backend, file), ...poolHints(backend, analysis, runs(backend.name))]);
  return hints.filter((hint) => range.start <= hint.offset && hint.offset <= range.end).sort((a, b) => a.offset - b.offset);
}

function serverHints(backend: Backend, file: string): readonly InlayHint[] {
  if (backend.servers.length === 0) return [];
  const { state } = backendFigures(backend);
  const byName = new Map(state.members.map((member) => [member.name, member]));
  return backend.servers.flatMap((server): InlayHint[] => {
    const member = byName.get(server.name);
    if (member === undefined || server.origin.file !== file) return [];
    return [{ offset: server.origin.range.end, label: memberLabel(member, backend), tooltip: memberFormulas(backend, server, member), kind: "server" }];
  });
}

/** `50 % · load 0.83 · 2.0 s`; without a demand only the share. */
function memberLabel(member: MemberState, backend: Backend): string {
  const parts = [shareText(member.share)];
  if (backend.demand !== undefined) {
    if (member.loadFactor !== undefined) parts.push(`load ${loadText(member.loadFactor)}`);
    if (member.response.kind === "steady") parts.push(secondsText(member.response.responseSeconds));
    if (member.response.kind === "saturated") parts.push(`saturated, queue +${rateText(member.response.queueGrowthPerSecond)}`);
  }
  return parts.join(" · ");
}

/** `105 members at 1100/s`, behind the bounds of `scale`. */
function poolHints(backend: Backend, analysis: HintScene, run: RunFigures | undefined): readonly InlayHint[] {
  const { needed } = backendFigures(backend);
  const { scale } = backend;
  if (needed === undefined || scale === undefined || scale.origin.file !== analysis.source.file) return [];
  const excess = needed.count > scale.max ? `, ${scale.max} at most` : "";
  return [{
    offset: endOfBounds(analysis, scale.origin.range),
    label: `${needed.count} ${needed.count === 1 ? "member" : "members"} at ${rateText(needed.ratePerSecond)}${excess}${run === undefined ? "" : ` · ${runLabel(run)}`}`,
    tooltip: paragraphs(neededFormulas(backend, needed), run === undefined ? undefined : runText(run)),
    kind: "pool",
  }];
}

function endOfBounds(analysis: HintScene, range: Range): number {
  const statement = findStatement(analysis.tree.declarations, range);
  return (statement === undefined ? undefined : fieldOf(statement.fields, "range")?.value?.range.end) ?? range.end;
}

function findStatement(declarations: readonly Statement[], range: Range): Statement | undefined {
  const declaration = declarations.find((each) => each.range.start <= range.start && range.end <= each.range.end);
  return declaration?.block?.statements.find((each) => each.range.start === range.start && each.range.end === range.end);
}
