// What reads a document of so many lines, each in a process of its own so that none disturbs the other's compiled code: the parent says how often, the child says how long.
import { createRequire } from "node:module";
import { jsonDocument, policyDocument } from "./document.mjs";
import { jsonLines, policySchema, yamlLines } from "./peer-documents.mjs";

const require = createRequire(import.meta.url);

/**
 * Each answers a function that reads the document once and says how many mistakes it finds in it; there are none.
 * @type {Readonly<Record<string, (policy: string) => Promise<{ readonly run: () => number | Promise<number>, readonly bytes: number }>>>}
 */
const candidates = {
  async "our tree"(policy) {
    const { parse } = await import("../../out/language/src/syntax/parse.js");
    return { run: () => parse("long.lbpolicy", policy).problems.length, bytes: policy.length };
  },
  async "our values"(policy) {
    const { analyze } = await import("../../out/language/src/index.js");
    return { run: () => analyze({ file: "long.lbpolicy", text: policy }).policyDiagnostics.length, bytes: policy.length };
  },
  async "JSON.parse"(policy) {
    const { parse } = await import("../../out/language/src/syntax/parse.js");
    const json = jsonDocument(policy, parse("long.lbpolicy", policy).tree);
    return { run: () => (JSON.parse(json).length > 0 ? 0 : 1), bytes: json.length };
  },
  async Langium(policy) {
    const built = "../dist/langium-build.mjs";
    const { buildWithLangium } = await import(built);
    return { run: async () => (await buildWithLangium(policy)).errors.length, bytes: policy.length };
  },
  async "Langium, parser alone"(policy) {
    const built = "../dist/langium-build.mjs";
    const { parseWithLangium } = await import(built);
    return {
      run: () => {
        const { lexerErrors, parserErrors } = parseWithLangium(policy);
        return lexerErrors.length + parserErrors.length;
      },
      bytes: policy.length,
    };
  },
  async "vscode-json"(policy) {
    const { getLanguageService, TextDocument } = require("vscode-json-languageservice");
    const service = getLanguageService({});
    const text = jsonLines(policy);
    let version = 0;
    return {
      run: async () => {
        const document = TextDocument.create("file:///long.policy.jsonc", "jsonc", ++version, text);
        return (await service.doValidation(document, service.parseJSONDocument(document), { comments: "ignore" }, policySchema)).length;
      },
      bytes: text.length,
    };
  },
  async yaml(policy) {
    const { parseDocument } = require("yaml");
    const text = yamlLines(policy);
    return {
      run: () => {
        const document = parseDocument(text);
        return document.errors.length + (Object.keys(document.toJS()).length > 0 ? 0 : 1);
      },
      bytes: text.length,
    };
  },
};

export const candidateNames = Object.keys(candidates);

if (process.send !== undefined) {
  const [name = "", lines = ""] = process.argv.slice(2);
  const candidate = await candidates[name]?.(policyDocument(Number(lines)));
  if (candidate === undefined) throw new Error(`no candidate ${name}`);
  const { run, bytes } = candidate;
  process.on("message", async (/** @type {{ times: number }} */ { times }) => {
    /** @type {number[]} */
    const ms = [];
    let problems = 0;
    for (let i = 0; i < times; i++) {
      const begin = performance.now();
      problems += await run();
      ms.push(performance.now() - begin);
    }
    process.send?.({ ms, problems });
  });
  process.send({ bytes });
}
