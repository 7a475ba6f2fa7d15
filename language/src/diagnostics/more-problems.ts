import { define } from "./diagnostic.ts";

export const moreProblems = define<{ count: number }>(
  "LBP1019", "more-problems", "information", ({ count }) => `and ${count} more: mend the first ones, many of the others may go with them.`);
