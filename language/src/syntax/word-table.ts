/**
 * Finds the keyword that a word is while the word is read: an automaton over the characters of names. Neither a piece of the text is cut out
 * nor its hash taken, and every token of a keyword shares one text.
 */
import type { TokenType } from "chevrotain";
import { table } from "./characters.ts";
import * as t from "./tokens.ts";

export interface KnownWord {
  readonly type: TokenType;
  readonly image: string;
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const all: readonly KnownWord[] = [
  ...[...t.keywords].filter(([image]) => image !== "=").map(([image, { asName }]): KnownWord => ({ image, type: asName })),
  ...days.flatMap((from) => days.map((to): KnownWord => ({ image: `${from}-${to}`, type: t.DayRangeToken }))),
];

/** The characters of the words have a column each; all others that a name may hold share one, so that the automaton stays small enough to be at hand. */
const characters = [...new Set(all.flatMap(({ image }) => [...image]))].sort();
const otherColumn = 1;

/** Which column of the automaton a character has; 0 for what no name holds. */
export const columnOf = table((character) => {
  const place = characters.indexOf(character);
  return place >= 0 ? place + otherColumn + 1 : /[\w-]/.test(character) ? otherColumn : 0;
});
/** A state's row has 2 ** rowBits columns. */
export const rowBits = Math.ceil(Math.log2(characters.length + otherColumn + 1));
/** The state before a word's first character; 0 is the state of words that are none of the language. */
export const wordStart = 1;

const found = automaton();

/** The next state by state and column. */
export const wordSteps = found.steps;
/** The word that ends in a state. */
export const wordIn: readonly (KnownWord | undefined)[] = found.words;

function automaton(): { readonly steps: Uint16Array; readonly words: (KnownWord | undefined)[] } {
  const size = 2 + all.reduce((sum, { image }) => sum + image.length, 0);
  const steps = new Uint16Array(size << rowBits);
  const words = Array.from<KnownWord | undefined>({ length: size });
  let states = wordStart + 1;
  for (const word of all) {
    let state = wordStart;
    for (let i = 0; i < word.image.length; i++) {
      const at = (state << rowBits) | (columnOf[word.image.charCodeAt(i)] as number);
      steps[at] ||= states++;
      state = steps[at] as number;
    }
    words[state] = word;
  }
  return { steps: steps.slice(0, states << rowBits), words: words.slice(0, states) };
}
