/** Members that came back a short while ago and take a rising part of their turns. */
export class SlowStart {
  readonly #seconds: number;
  /** -Infinity where a member has always been there. */
  readonly #since: Float64Array;
  /** False while every member takes all its turns. */
  begun = false;

  constructor(members: number, seconds: number) {
    this.#seconds = seconds;
    this.#since = new Float64Array(members).fill(-Infinity);
  }

  begin(member: number, now: number): void {
    if (this.#seconds === 0) return;
    this.#since[member] = now;
    this.begun = true;
  }

  /** The part of its turns that the member takes now, 0 … 1. */
  part(member: number, now: number): number {
    return this.begun ? Math.min(1, (now - (this.#since[member] ?? 0)) / this.#seconds) : 1;
  }
}
