/** LBP1xxx: what cannot be read. */
import { define } from "./diagnostic.ts";

const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

export const expected = define<{ subject: string; expected: string; found: string }>(
  "LBP1001", "expected", "error", ({ subject, expected, found }) => `${subject} needs ${expected}${found === "" ? "" : `, not ${found}`}.`);

export const unknownStatement = define<{ word: string; where: string; nearest: string | undefined; known: readonly string[] }>(
  "LBP1002", "unknown-statement", "error", ({ word, where, nearest, known }) =>
    `\`${word}\` is no statement of a ${where}: ${nearest === undefined ? `write one of ${quoted(known)}` : `write \`${nearest}\``}.`);

export const unknownOption = define<{ word: string; subject: string; nearest: string | undefined; known: readonly string[] }>(
  "LBP1003", "unknown-option", "error", ({ word, subject, nearest, known }) =>
    `${subject} has no option ${word}: ${nearest !== undefined ? `write \`${nearest}\`` : known.length > 0 ? `write one of ${quoted(known)}, or remove it` : "remove it"}.`);

export const unknownDeclaration = define<{ word: string; nearest: string | undefined; known: readonly string[] }>(
  "LBP1004", "unknown-declaration", "error", ({ word, nearest, known }) =>
    `A declaration begins with one of ${quoted(known)}: ${nearest === undefined ? `remove ${word}` : `write \`${nearest}\` instead of ${word}`}.`);

export const unclosedBlock = define<{ subject: string }>(
  "LBP1005", "unclosed-block", "error", ({ subject }) => `${subject} is not closed: write \`}\` at its end.`);

export const strayBrace = define<Record<never, never>>(
  "LBP1006", "stray-brace", "error", () => "This `}` closes nothing: remove it.");

export const unclosedString = define<Record<never, never>>(
  "LBP1007", "unclosed-string", "error", () => "The string is not closed on its line: write `\"` at its end.");

export const badEscape = define<{ escape: string }>(
  "LBP1008", "bad-escape", "error", ({ escape }) => `\`${escape}\` is no escape: write \`\\\\\` for a backslash, or \`\\"\` or \`\\u{1F600}\`.`);

export const controlCharacter = define<{ codePoint: string }>(
  "LBP1009", "control-character", "error", ({ codePoint }) => `A string cannot hold the control character U+${codePoint}: remove it.`);

export const unclosedComment = define<Record<never, never>>(
  "LBP1010", "unclosed-comment", "error", () => "The comment is not closed: write `*/` at its end.");

export const badNumber = define<{ text: string; advice: string }>(
  "LBP1011", "bad-number", "error", ({ text, advice }) => `\`${text}\` is no number or quantity of the language: ${advice}.`);

export const badCharacter = define<{ text: string; advice: string }>(
  "LBP1012", "bad-character", "error", ({ text, advice }) => `\`${text}\` has no meaning here: ${advice}.`);

export const tooDeep = define<{ what: string; limit: number }>(
  "LBP1013", "nested-too-deeply", "error", ({ what, limit }) => `${what} deeper than ${limit}: take some away.`);

export const tooLarge = define<{ limitMiB: number }>(
  "LBP1014", "file-too-large", "error", ({ limitMiB }) => `The file is larger than ${limitMiB} MiB: split it and use \`import\`.`);

export const repeated = define<{ what: string }>(
  "LBP1015", "repeated", "error", ({ what }) => `${what} stands here a second time: keep one.`);

export const minusSpaces = define<Record<never, never>>(
  "LBP1016", "minus-spaces", "error", () => "A `-` between two values needs a space on both sides.");

export const nameTooLong = define<{ limit: number }>(
  "LBP1017", "name-too-long", "error", ({ limit }) => `A name has at most ${limit} characters: shorten it.`);

export const quotedName = define<{ name: string }>(
  "LBP1018", "quoted-name", "error", ({ name }) => `A name is written without quotes: write \`${name}\`.`);

export const hiddenText = define<{ message: string }>(
  "LBP1025", "hidden-text", "warning", ({ message }) => `${message}.`);
