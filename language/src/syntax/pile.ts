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

  /** Takes what was pushed since the pile had a size. Nothing of it stays behind: a tree must not outlive its readers here. */
  taken(since: number): readonly T[] {
    const { items, size } = this;
    this.size = since;
    switch (size - since) {
      case 0: return [];
      case 1: {
        const only = [items[since] as T];
        items[since] = undefined;
        return only;
      }
      case 2: {
        const both = [items[since] as T, items[since + 1] as T];
        items[since] = undefined;
        items[since + 1] = undefined;
        return both;
      }
      default: {
        const all = items.slice(since, size) as T[];
        if (size > mostKept) this.items = items.slice(0, since);
        else items.fill(undefined, since, size);
        return all;
      }
    }
  }
}

/** A pile that has been higher gives its room back. */
const mostKept = 4096;

/** The same items in an array that keeps no room for more. */
export function exactly<T>(items: readonly T[]): readonly T[] {
  const [first, second] = items;
  if (items.length === 1) return [first as T];
  return items.length === 2 ? [first as T, second as T] : items.slice();
}
