// In a bundle the background thread is a bundle beside it, background.cjs.

/** @type {import("esbuild").Plugin} */
export const backgroundEntry = {
  name: "background entry",
  setup(build) {
    build.onLoad({ filter: /[/\\]server[/\\]src[/\\]background[/\\]entry\.ts$/ }, () => ({
      loader: "js",
      contents: `import { join } from "node:path";\nexport const backgroundEntry = join(__dirname, "background.cjs");\n`,
    }));
  },
};
