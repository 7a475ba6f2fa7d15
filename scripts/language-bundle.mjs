// One bundle of the language for all that is built: language.cjs. In the other bundles its façade gives way to one of the same exports that loads it when a function
// is first called; words and numbers stand in it at once. So the server answers `initialize` before the language is read, and nothing is packed twice.

/** The façade, as the other bundles import it. */
const facade = /[/\\]language[/\\]src[/\\]index\.ts$/;

/**
 * @param {Readonly<Record<string, unknown>>} exported the façade's exports, from the compiled sources
 * @returns {import("esbuild").Plugin}
 */
export function languageBeside(exported) {
  return {
    name: "language beside",
    setup(build) {
      build.onLoad({ filter: facade }, () => ({ loader: "js", contents: moduleOf(exported) }));
    },
  };
}

/** @param {Readonly<Record<string, unknown>>} exported */
function moduleOf(exported) {
  const lines = Object.entries(exported).map(([name, value]) => {
    if (typeof value === "function") return `export function ${name}(...given) { return language().${name}(...given); }`;
    if (isPlain(value)) return `export const ${name} = ${JSON.stringify(value)};`;
    return `export const ${name} = new Proxy(${Array.isArray(value) ? "[]" : "{}"}, { get: (_, key) => Reflect.get(language().${name}, key), has: (_, key) => Reflect.has(language().${name}, key) });`;
  });
  return [
    `import { join } from "node:path";`,
    `let loaded;`,
    `function language() { return (loaded ??= module.require(join(__dirname, "language.cjs"))); }`,
    ...lines,
    "",
  ].join("\n");
}

/** Of JSON's own kinds all the way down, without functions. @param {unknown} value @returns {boolean} */
function isPlain(value) {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) return true;
  return Array.isArray(value) && value.every(isPlain);
}
