/** What the façade offers for editing: each a pure function over an analysis. */
export { codeActions, fixAll } from "./code-actions.ts";
export type { CodeAction, FileEdits } from "./code-actions.ts";
export { quickFixes } from "./target-fixes.ts";
export { formatOnType, formatRange } from "./format-part.ts";
