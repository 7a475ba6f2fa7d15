/** Numbers for mixtures of members: the same members under the same shares have the same number. */

export function createMixtures(): (description: string) => number {
  const known = new Map<string, number>();
  return (description) => {
    const number = known.get(description) ?? known.size + 1;
    known.set(description, number);
    return number;
  };
}
