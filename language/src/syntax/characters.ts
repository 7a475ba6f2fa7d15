/** What a UTF-16 code unit can be part of, as tables: the lexer looks at every character once. */

export const letter = 1;
export const digit = 2;
/** `_` and `-`: in names, behind the first letter. */
export const inName = 4;
export const dot = 8;

/** For every code unit, so that no lookup needs a check: a letter, a digit, inside a name, a dot, or 0. */
export const classes = table((character) => (/[A-Za-z]/.test(character) ? letter : /\d/.test(character) ? digit : /[_-]/.test(character) ? inName : character === "." ? dot : 0));

/** 1 for what stands in a string as it is: printable ASCII but the quote and the backslash. */
export const plainInString = table((character) => (/[ -~]/.test(character) && character !== '"' && character !== "\\" ? 1 : 0));

/** The class of the character at an index, 0 behind the end of the text. */
export function classAt(text: string, index: number): number {
  return index < text.length ? (classes[text.charCodeAt(index)] as number) : 0;
}

/** A number for each of ASCII's characters; all others have 0. */
export function table(of: (character: string) => number): Uint8Array {
  const all = new Uint8Array(2 ** 16);
  for (let code = 0; code < 128; code++) all[code] = of(String.fromCharCode(code));
  return all;
}
