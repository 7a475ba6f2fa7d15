/** Reading a block's statements by their keyword. */
import type { Statement } from "../syntax/tree.ts";

const none: readonly Statement[] = [];

/** The first statement of that keyword in the block. A second one, where none is allowed, has been complained of. */
export function childOf(statement: Statement, keyword: string): Statement | undefined {
  if (statement.block === undefined) return undefined;
  for (const child of statement.block.statements) if (child.spec.keyword === keyword) return child;
  return undefined;
}

export function childrenOf(statement: Statement, keyword: string): readonly Statement[] {
  if (statement.block === undefined) return none;
  let found: Statement[] | undefined;
  for (const child of statement.block.statements) if (child.spec.keyword === keyword) (found ??= []).push(child);
  return found ?? none;
}
