/**
 * A stack from which whole runs are taken as arrays of exactly their length. An array that grows by `push` keeps room for 17 entries from its first
 * on, and most lists of a tree have one or two: that room would be most of what a tree takes.
 */
export class Pile<T> {
  size = 0;
  private items: (T | undefined)[] = [];

  push(item: T): void {
    this.items[this.size++] = item;
  }

  last(): T | undefined {
    return this.size === 0 ? undefined : this.items[this.size - 1];
  }

  /** Takes what was pushed since the pile had a size. */
  taken(since: number): readonly T[] {
    const { items, size } = this;
    this.size = since;
    switch (size - since) {
      case 0: return [];
      case 1: return [items[since] as T];
      case 2: return [items[since] as T, items[since + 1] as T];
      case 3: return [items[since] as T, items[since + 1] as T, items[since + 2] as T];
      default: return items.slice(since, size) as T[];
    }
  }

  /** Lets go of all that was taken. */
  forget(): void {
    if (this.items.length > 64) this.items = [];
    else this.items.fill(undefined);
    this.size = 0;
  }
}

/** The same items in an array that keeps no room for more. */
export function exactly<T>(items: readonly T[]): readonly T[] {
  const [first, second] = items;
  if (items.length === 1) return [first as T];
  return items.length === 2 ? [first as T, second as T] : items.slice();
}
