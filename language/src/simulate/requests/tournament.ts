/** Which of many members is next. */

/**
 * A tree in which the earlier of two goes on: a member's new time is compared with as many others as the tree is high, and no further than it changes anything.
 * Source: D. E. Knuth, The Art of Computer Programming 3 (1998), 5.4.1.
 */
export class Tournament {
  /** Of each node its time and its member: the root at 1, the nodes below n at 2n and 2n + 1, the members' own from `leaves` on. */
  readonly at: Float64Array;
  readonly members: Int32Array;
  readonly leaves: number;

  /** Nobody has a time yet: Infinity. */
  constructor(members: number) {
    this.leaves = members <= 1 ? 1 : 1 << (32 - Math.clz32(members - 1));
    this.at = new Float64Array(2 * this.leaves).fill(Infinity);
    this.members = new Int32Array(2 * this.leaves);
    for (let member = 0; member < members; member++) this.members[this.leaves + member] = member;
  }

  firstAt(): number {
    return this.at[1] ?? Infinity;
  }

  first(): number {
    return this.members[1] ?? 0;
  }

  set(member: number, at: number): void {
    const times = this.at;
    const names = this.members;
    let node = (this.leaves + member) | 0;
    let winner = member;
    let time = at;
    times[node] = time;
    while (node > 1) {
      const other = times[node ^ 1] ?? Infinity;
      if (other < time) {
        time = other;
        winner = names[node ^ 1] ?? 0;
      }
      node >>= 1;
      if (times[node] === time && names[node] === winner) return;
      times[node] = time;
      names[node] = winner;
    }
  }
}
