/** Blocks that are open while tokens are walked. */
import type { BlockInfo } from "./block-info.ts";
import { blockInfo } from "./block-info.ts";
import type { BlockSpec, StatementSpec } from "./spec.ts";
import type { PolicyToken } from "./tokens.ts";

/** What is known of a block while its tokens are walked. */
export interface Frame {
  readonly spec: BlockSpec | undefined;
  readonly info: BlockInfo | undefined;
  /** The statement that is open, as far as keywords tell; undefined again behind its block. */
  statement: StatementSpec | undefined;
}

export function frameOf(spec: BlockSpec | undefined): Frame {
  return { spec, info: spec === undefined ? undefined : blockInfo(spec), statement: undefined };
}

export function openedInside(frames: readonly Frame[], tokens: readonly PolicyToken[], index: number): BlockSpec | undefined {
  const frame = frames.at(-1);
  if (frame?.spec === undefined) return undefined;
  const nested = blockInfo(frame.spec).nested;
  return nested.get(tokens[index - 1]?.image ?? "") ?? (frame.statement === undefined ? undefined : nested.get(frame.statement.keyword));
}
