/** docs/capabilities.md against the server's answer to `initialize`. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initialize, startLspClient, stop } from "../helpers/lsp-client.ts";
import { requestCases } from "../helpers/protocol-requests.ts";
import { root } from "../helpers/root.ts";

interface Row {
  readonly capability: string;
  readonly advertised: readonly string[];
  readonly requests: readonly string[];
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

const page = readFileSync(new URL("docs/capabilities.md", root), "utf8");

function rows(): readonly Row[] {
  return page.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:capability|---)/u.test(line)).map((line) => {
    const [, capability = "", advertised = "", requests = "", where = "", test = ""] = line.split("|").map((cell) => cell.trim());
    const codes = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? "");
    const links = (cell: string): readonly string[] => [...cell.matchAll(/\]\(([^)]+)\)/gu)].map((match) => fileURLToPath(new URL(match[1] ?? "", new URL("docs/", root))));
    return { capability, advertised: codes(advertised), requests: codes(requests), files: links(where), tests: links(test) };
  });
}

/** Each leaf of an answer as `a.b`, each word of a list of them as `a.b: word`. */
function leaves(value: unknown, path: string): readonly string[] {
  const isWhole = /(?:legend|willRename|[tT]riggerCharacters?)$/u.test(path);
  if (Array.isArray(value) && !isWhole) return value.map((each: unknown) => `${path}: ${String(each)}`);
  if (typeof value !== "object" || value === null || isWhole || Object.keys(value).length === 0) return value === false ? [] : [path];
  return Object.entries(value).flatMap(([name, each]) => leaves(each, path === "" ? name : `${path}.${name}`));
}

describe("the table of capabilities", () => {
  it("lists exactly what initialize advertises", async () => {
    const client = startLspClient();
    try {
      const { capabilities } = await initialize(client, { capabilities: { textDocument: { diagnostic: {} } } }) as { readonly capabilities: unknown };
      assert.deepEqual(rows().flatMap((row) => row.advertised).sort(), [...leaves(capabilities, "")].sort());
    } finally {
      await stop(client);
    }
  });

  it("names for each capability where it is answered, and a test that speaks of each of its requests", () => {
    assert.ok(rows().length > 30);
    for (const { capability, requests, files, tests } of rows()) {
      assert.ok(requests.length > 0 && files.length > 0 && tests.length > 0, capability);
      for (const file of [...files, ...tests]) assert.ok(existsSync(file), `${capability}: ${file}`);
      const text = tests.map((test) => readFileSync(test, "utf8")).join("\n");
      for (const request of requests) {
        const name = request.split("/").slice(1).join("/");
        assert.ok(text.includes(request) || (name !== "" && new RegExp(`["\`(/]${name}\\b`, "u").test(text)), `${capability}: no test speaks of ${request}`);
      }
    }
  });

  it("has every request that is driven with bad params, and the other way round", () => {
    const driven = new Set(requestCases("untitled:a").map(({ method }) => method));
    const listed = new Set(rows().flatMap((row) => row.requests));
    const isRequest = (method: string): boolean => !/(?:\/did|publish|refresh|^\$|^initialize$|\/configuration$)/u.test(method);
    assert.deepEqual([...listed].filter((method) => isRequest(method) && !driven.has(method)), []);
    assert.deepEqual([...driven].filter((method) => method !== "workspace/executeCommand" && !listed.has(method)), []);
  });
});
