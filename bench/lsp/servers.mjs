// The servers that are compared, each with the document that says the same in its language.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { policyDocument } from "../parse/document.mjs";
import { jsonLines, policySchema, yamlLines } from "../parse/peer-documents.mjs";

const require = createRequire(import.meta.url);
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const installed = (/** @type {string} */ name) => path(`../node_modules/${name}`);

/**
 * @typedef {object} Server
 * @property {string} id
 * @property {string} name as the tables call it
 * @property {readonly string[]} command
 * @property {string} languageId
 * @property {string} uri
 * @property {"pull" | "push"} pulls whether the client offers to ask for diagnostics
 * @property {(policy: string) => string} document
 * @property {(section: string | undefined) => unknown} [configuration]
 * @property {number} gravest the least grave severity that counts as a problem (1 error, 2 warning)
 * @property {"nothing"} [finds] a server that has no answers to be checked
 * @property {readonly string[]} [bundle] where it is bundled: the file that is started, and those of code that it loads
 */

const jsonSettings = { validate: { enable: true }, schemas: [{ fileMatch: ["*.policy.jsonc"], url: "bench://policy.json", schema: policySchema }], resultLimit: 5000 };

/** @type {readonly Server[]} */
export const servers = [
  {
    id: "lbpolicy", name: "lbpolicy (ours)", command: [process.execPath, path("../../dist/server.cjs"), "--stdio"], languageId: "lbpolicy", uri: "file:///bench/long.lbpolicy",
    pulls: "pull", document: (policy) => policy, gravest: 1, bundle: [path("../../dist/server.cjs"), path("../../dist/language.cjs"), path("../../dist/background.cjs")],
  },
  {
    id: "idle", name: "a server that does nothing", command: [process.execPath, path("../dist/idle-server.cjs"), "--stdio"], languageId: "lbpolicy", uri: "file:///bench/long.lbpolicy",
    pulls: "pull", document: (policy) => policy, gravest: 1, finds: "nothing", bundle: [path("../dist/idle-server.cjs")],
  },
  {
    id: "vscode-json", name: "vscode-json, pull", command: [process.execPath, installed("vscode-langservers-extracted/bin/vscode-json-language-server"), "--stdio"],
    languageId: "jsonc", uri: "file:///bench/long.policy.jsonc", pulls: "pull", document: jsonLines, gravest: 2,
    configuration: (section) => (section === "json" ? jsonSettings : {}),
  },
  {
    id: "vscode-json-push", name: "vscode-json, push", command: [process.execPath, installed("vscode-langservers-extracted/bin/vscode-json-language-server"), "--stdio"],
    languageId: "jsonc", uri: "file:///bench/long.policy.jsonc", pulls: "push", document: jsonLines, gravest: 2,
    configuration: (section) => (section === "json" ? jsonSettings : {}),
  },
  {
    id: "langium", name: "Langium", command: [process.execPath, path("../dist/langium-server.cjs"), "--stdio"], languageId: "lbpolicy", uri: "file:///bench/long.lbpolicy",
    pulls: "pull", document: (policy) => policy, gravest: 1, bundle: [path("../dist/langium-server.cjs")],
  },
  {
    id: "yaml", name: "yaml-language-server", command: [process.execPath, installed("yaml-language-server/bin/yaml-language-server"), "--stdio"],
    languageId: "yaml", uri: "file:///bench/long.policy.yaml", pulls: "pull", document: yamlLines, gravest: 2,
    configuration: (section) => (section === "yaml" ? { validate: true, completion: true, schemaStore: { enable: false }, schemas: { [schemaUri]: ["*.policy.yaml"] } } : section === "[yaml]" ? {} : {}),
  },
];

export const schemaUri = new URL("../dist/policy.schema.json", import.meta.url).href;

/** @param {number} lines */
export const policyOf = (lines) => policyDocument(lines);

/** The versions that the tables name. */
export function versions() {
  const of = (/** @type {string} */ name) => require(installed(`${name}/package.json`)).version;
  return Object.fromEntries(["langium", "vscode-json-languageservice", "vscode-langservers-extracted", "yaml-language-server", "yaml", "vscode-languageserver"].map((name) => [name, of(name)]));
}
