/** Reading a block's statements by their keyword. */
import type { Statement } from "../syntax/tree.ts";

/** The first statement of that keyword in the block. A second one, where none is allowed, has been complained of. */
export function childOf(statement: Statement, keyword: string): Statement | undefined {
  return statement.block?.statements.find((child) => child.spec.keyword === keyword);
}

export function childrenOf(statement: Statement, keyword: string): readonly Statement[] {
  return statement.block?.statements.filter((child) => child.spec.keyword === keyword) ?? [];
}
