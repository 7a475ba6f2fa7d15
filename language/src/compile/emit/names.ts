/** Generated names that never meet another: a taken one gets a number. */

export type NameSource = (wanted: string) => string;

/** Compares without case, for nginx does. `taken` are the names of the policy's own declarations. */
export function createNames(taken: readonly string[]): NameSource {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return (wanted) => {
    let name = wanted;
    for (let i = 2; used.has(name.toLowerCase()); i++) name = `${wanted}_${i}`;
    used.add(name.toLowerCase());
    return name;
  };
}
