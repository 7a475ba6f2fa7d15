/** LBP1020–1029: what is wrong with an `lbpolicy-ignore` comment. None of these can be silenced by another one. */
import { define } from "./diagnostic.ts";

type None = Record<never, never>;

/** `placeholder`: what stands where the reason is due; empty where nothing does. */
export const ignoreWithoutReason = define<{ placeholder: string }>(
  "LBP1020", "ignore-without-reason", "warning", ({ placeholder }) => placeholder === ""
    ? "This comment silences without saying why: write `: ` and the reason behind the codes."
    : `This comment silences without saying why: write the reason in the place of \`${placeholder}\`.`,
  ({ placeholder }) => placeholder === "" ? { title: "Add a reason", behind: ": known and accepted" } : { title: "Add a reason", replacement: "known and accepted" });

export const unusedIgnore = define<{ code: string }>(
  "LBP1021", "unused-ignore", "warning", ({ code }) => `${code} is not reported on the line below: remove it from this comment.`);

export const unknownIgnoreCode = define<{ code: string }>(
  "LBP1022", "ignore-unknown-code", "warning", ({ code }) => `${code === "" ? "This comment names no code" : `\`${code}\` is no code of a diagnostic`}: write one such as LBP2010, several with commas between them.`);

export const misplacedIgnore = define<None>(
  "LBP1023", "ignore-misplaced", "warning", () => "This comment silences nothing here: move it to a line of its own above.");

export const unsilenceable = define<{ code: string }>(
  "LBP1024", "cannot-be-silenced", "warning", ({ code }) => `${code} cannot be silenced: mend what it tells of, and remove it from this comment.`);
