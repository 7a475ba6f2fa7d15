/** The tokens of a declaration, or of what is none, while they are found: a run of those of the text, nearly always. */
import type { PolicyToken } from "./tokens.ts";

export class OpenSegment {
  private readonly all: readonly PolicyToken[];
  /** Where it begins in the text's tokens, and behind which it ends so far. */
  private first = 0;
  private end = 0;
  /** Its tokens, once they differ from those. */
  private edited: PolicyToken[] | undefined;

  constructor(all: readonly PolicyToken[]) {
    this.all = all;
  }

  /** Begins anew with the token at an index. */
  begin(index: number): void {
    this.first = index;
    this.end = index;
    this.edited = undefined;
  }

  /** Begins anew with tokens in the place of those before an index. */
  beginWith(tokens: PolicyToken[], index: number): void {
    this.edited = tokens;
    this.end = index;
  }

  /** Adds the token at an index. */
  add(token: PolicyToken, index: number): void {
    this.end = index + 1;
    this.edited?.push(token);
  }

  /** The tokens, from now on apart from those of the text. */
  edit(): PolicyToken[] {
    return (this.edited ??= this.all.slice(this.first, this.end));
  }

  last(): PolicyToken | undefined {
    if (this.edited !== undefined) return this.edited.at(-1);
    return this.end > this.first ? this.all[this.end - 1] : undefined;
  }

  lastEnd(): number {
    return (this.last()?.endOffset ?? -1) + 1;
  }

  count(): number {
    return this.edited?.length ?? this.end - this.first;
  }

  at(place: number): PolicyToken | undefined {
    return this.edited === undefined ? (place < this.end - this.first ? this.all[this.first + place] : undefined) : this.edited[place];
  }

  tokens(): readonly PolicyToken[] {
    return this.edited ?? this.all.slice(this.first, this.end);
  }
}
