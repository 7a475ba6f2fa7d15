// The parser that a Langium project would ship: langium-cli's own output from lbpolicy.langium, in dist/langium.
// The tool asks for a newer Node than this repository's; the one function that it misses is given to it.
Reflect.set(Object, "groupBy", (/** @type {Iterable<unknown>} */ items, /** @type {(item: unknown, i: number) => PropertyKey} */ keyOf) => {
  const groups = Object.create(null);
  let i = 0;
  for (const item of items) (groups[keyOf(item, i++)] ??= []).push(item);
  return groups;
});
process.argv.push("generate", "--file", new URL("langium-config.json", import.meta.url).pathname);
const tool = new URL("../node_modules/langium-cli/bin/langium.js", import.meta.url).href;
await import(tool);
