/** LBP1030–1039 and LBP2030–2039: mistakes in lbpolicy.json. */
import { define, writeInstead } from "./diagnostic.ts";

export const settingsSyntax = define<{ expected: string; found: string }>(
  "LBP1030", "settings-syntax", "error", ({ expected, found }) => `This is not JSON: ${expected} is due here, not ${found}.`);

export const unknownSetting = define<{ name: string; known: readonly string[]; nearest: string | undefined }>(
  "LBP2030", "settings-unknown-key", "error", ({ name, known, nearest }) =>
    `lbpolicy.json has no \`${name}\`: ${nearest === undefined ? `write one of ${known.map((each) => `\`${each}\``).join(", ")}.` : `did you mean \`${nearest}\`?`}`,
  ({ nearest }) => quoted(nearest));

export const wrongSettingType = define<{ subject: string; due: string }>(
  "LBP2031", "settings-wrong-type", "error", ({ subject, due }) => `${subject} must be ${due}: change it.`);

export const unknownSettingCode = define<{ code: string; nearest: string | undefined }>(
  "LBP2032", "settings-unknown-code", "error", ({ code, nearest }) => `There is no diagnostic ${code}${nearest === undefined ? ": remove the line." : `: did you mean \`${nearest}\`?`}`,
  ({ nearest }) => quoted(nearest));

export const repeatedSetting = define<{ name: string }>(
  "LBP2033", "settings-repeated-key", "error", ({ name }) => `\`${name}\` stands here a second time: keep one.`);

export const unreadableSettings = define<{ problem: string }>(
  "LBP2034", "settings-unreadable", "error", ({ problem }) => `lbpolicy.json ${problem}: mend the file, or remove it.`);

export const wrongSettingWord = define<{ subject: string; word: string; known: readonly string[]; nearest: string | undefined }>(
  "LBP2035", "settings-wrong-word", "error", ({ subject, word, known, nearest }) =>
    `${subject} cannot be \`${word}\`: ${nearest === undefined ? `write one of ${known.map((each) => `\`${each}\``).join(", ")}.` : `did you mean \`${nearest}\`?`}`,
  ({ nearest }) => quoted(nearest));

export const unknownSettingParam = define<{ name: string; nearest: string | undefined }>(
  "LBP2036", "settings-unknown-param", "warning", ({ name, nearest }) =>
    `No policy below this folder declares the param ${name}: ${nearest === undefined ? "remove the line, or declare it." : `did you mean \`${nearest}\`?`}`,
  ({ nearest }) => quoted(nearest));

function quoted(nearest: string | undefined): ReturnType<typeof writeInstead> {
  return nearest === undefined ? undefined : { title: `Write "${nearest}"`, replacement: `"${nearest}"` };
}
