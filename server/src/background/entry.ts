/** Where the background thread's code lies. In a bundle this module gives way to one that names the bundle beside it (scripts/background-entry.mjs). */
export const backgroundEntry: URL | string = new URL("./thread.js", import.meta.url);
