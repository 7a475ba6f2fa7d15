// One server with one open document: edits at known places, and diagnostics that are looked at before they count.
import { setTimeout as after } from "node:timers/promises";
import { policySchema } from "../parse/peer-documents.mjs";
import { randomPicks } from "../shared/figures.mjs";
import { initializeParams, startClient } from "./client.mjs";

/**
 * @typedef {import("./servers.mjs").Server} Server
 * @typedef {import("./client.mjs").Diagnostic} Diagnostic
 * @typedef {{ readonly line: number, readonly character: number, readonly good: string, readonly bad: string }} Site a place where `bad` in place of `good` is a mistake
 * @typedef {Awaited<ReturnType<typeof openSession>>} Session
 */

/** Mistakes that every one of the languages knows: an unknown unit, a misspelt word, a value that is missing. */
const mistakes = [
  { pattern: /("?every"?:? "?5)(s)/, bad: "q" },
  { pattern: /^(?=.*\b10\.\d)(.*wei)(g)(?=ht)/, bad: "" },
  { pattern: /("?keepalive"?:? )(64)/, bad: "" },
];

/** As many places of each kind of mistake, in turns. @param {string} text @param {number} seed @returns {() => Site} */
export function sitePicks(text, seed) {
  const lines = text.split("\n");
  const kinds = mistakes.map(({ pattern, bad }, kind) => randomPicks(lines.flatMap((content, line) => {
    const found = pattern.exec(content);
    return found === null ? [] : [{ line, character: found.index + (found[1] ?? "").length, good: found[2] ?? "", bad }];
  }), seed + kind));
  let turn = 0;
  return () => /** @type {() => Site} */ (kinds[turn++ % kinds.length])();
}

/**
 * @typedef {{ readonly line: number, readonly character: number, readonly length: number, readonly typed: { readonly text: string, readonly cursor: number } }} Place
 * Where `keepalive` stands, and what it is while it is being typed: `ke`. @param {readonly string[]} lines @returns {readonly Place[]}
 */
function placesOf(lines) {
  return lines.flatMap((content, line) => {
    const found = /^(\s*"?)keepalive("?):? 64/.exec(content);
    if (found === null) return [];
    const [whole, before = "", quote = ""] = found;
    return [{ line, character: before.length, length: whole.length - before.length, typed: { text: `ke${quote}`, cursor: 2 } }];
  });
}

/** The digits after `weight`, in a policy. @param {readonly string[]} lines */
function weightsOf(lines) {
  return lines.flatMap((content, line) => {
    const at = content.indexOf(" weight ");
    return at < 0 || content.trimStart().startsWith("{") ? [] : [{ line, character: at + " weight ".length }];
  });
}

/** Starts a server and says hello. @param {Server} server @param {readonly string[]} [command] in place of the server's own */
export async function startServer(server, command = server.command) {
  const client = startClient(command, server.configuration === undefined ? {} : { configuration: server.configuration });
  const { capabilities } = await client.request("initialize", initializeParams(server));
  client.notify("initialized", {});
  // Older ways to hand over the settings, which some still wait for.
  if (server.configuration !== undefined) client.notify("workspace/didChangeConfiguration", { settings: { json: server.configuration("json"), yaml: server.configuration("yaml") } });
  if (server.languageId === "jsonc") client.notify("json/schemaAssociations", [{ fileMatch: ["*.policy.jsonc"], uri: "bench://policy.json", schema: policySchema }]);
  return { client, capabilities };
}

/**
 * @param {Server} server @param {string} policy @param {{ readonly command?: readonly string[], readonly patienceMs?: number }} [options]
 */
export async function openSession(server, policy, { command, patienceMs = 120_000 } = {}) {
  const { client, capabilities } = await startServer(server, command);
  const pulls = capabilities.diagnosticProvider !== undefined && server.pulls === "pull";
  const text = server.document(policy);
  const lines = text.split("\n");
  const { uri } = server;
  const site = sitePicks(text, 1);
  let version = 1;
  let previousResultId = /** @type {string | undefined} */ (undefined);
  /** @type {readonly Diagnostic[]} */
  let known = [];
  let stale = false;
  client.onRefresh(() => { stale = true; });

  const problems = (/** @type {readonly Diagnostic[]} */ found) => found.filter(({ severity = 1 }) => severity <= server.gravest);

  /** One answer to a pull, as a client keeps it. */
  const pull = async () => {
    stale = false;
    const answer = await client.ask("textDocument/diagnostic", { textDocument: { uri }, ...(previousResultId === undefined ? {} : { previousResultId }) }).answer;
    if (answer.error !== undefined) return { atMs: answer.atMs, error: answer.error, found: undefined };
    previousResultId = answer.result.resultId;
    if (answer.result.kind === "full") known = answer.result.items;
    return { atMs: answer.atMs, error: undefined, found: known };
  };

  /** When diagnostics of the text as it is now are right. Answers of earlier versions do not count. @param {(found: readonly Diagnostic[]) => boolean} isRight @returns {Promise<number>} */
  const rightAt = async (isRight) => {
    const end = performance.now() + patienceMs;
    if (pulls) {
      for (;;) {
        const { atMs, found, error } = await pull();
        if (found !== undefined && (server.finds === "nothing" || isRight(problems(found)))) return atMs;
        if (performance.now() > end || (error !== undefined && error.code === -1)) throw new Error(`${server.name}: no right answer at version ${version}: ${JSON.stringify(error ?? problems(known).slice(0, 3))}`);
        // What a server cannot say yet it says with a refresh; else asking again soon is all that is left.
        for (let waitedMs = 0; !stale && waitedMs < 50; waitedMs += 1) await after(1);
      }
    }
    return new Promise((resolve, reject) => {
      const stop = client.onPublished((published, atMs) => {
        if (published.uri !== uri || (published.version !== undefined && published.version !== version)) return;
        known = published.diagnostics;
        if (!isRight(problems(known))) return;
        clearTimeout(limit);
        stop();
        resolve(atMs);
      });
      const limit = setTimeout(() => {
        stop();
        reject(new Error(`${server.name}: no right answer at version ${version} within ${patienceMs} ms: ${JSON.stringify(problems(known).slice(0, 3))}`));
      }, patienceMs);
    });
  };

  /** @param {{ readonly line: number, readonly character: number }} start @param {number} length @param {string} next */
  const edit = (start, length, next) => {
    client.notify("textDocument/didChange", {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start, end: { line: start.line, character: start.character + length } }, text: next }],
    });
  };

  const clean = (/** @type {readonly Diagnostic[]} */ found) => found.length === 0;
  /** The mistake is told on its line, or on the next that has words where the parser stumbles, and nothing is told before it. @param {Site} site */
  const tells = ({ line }) => {
    let next = line + 1;
    while (next < lines.length - 1 && /^\s*(#.*|\/\/.*)?$/.test(lines[next] ?? "")) next++;
    return (/** @type {readonly Diagnostic[]} */ found) => found.length > 0 && found.every(({ range }) => range.start.line >= line || range.end.line >= line) &&
      found.some(({ range }) => range.start.line >= line && range.start.line <= next);
  };

  const openedAt = performance.now();
  const pushed = pulls ? undefined : rightAt(clean);
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: server.languageId, version, text } });
  const openMs = (await (pushed ?? rightAt(clean))) - openedAt;

  /** From a keystroke to the right diagnostics, in ms. @param {Site} site @param {"mistake" | "mend"} what */
  const keystroke = async (site, what) => {
    const begin = performance.now();
    const right = pulls ? undefined : rightAt(what === "mistake" ? tells(site) : clean);
    edit(site, (what === "mistake" ? site.good : site.bad).length, what === "mistake" ? site.bad : site.good);
    return (await (right ?? rightAt(what === "mistake" ? tells(site) : clean))) - begin;
  };

  /** From the word that is begun to the list that holds it, in ms; the line is then as before, and its diagnostics right again. @param {Place} place */
  const completion = async ({ line, character, length, typed }) => {
    const begin = performance.now();
    edit({ line, character }, length, typed.text);
    const { result, error, atMs } = await client.ask("textDocument/completion", { textDocument: { uri }, position: { line, character: character + typed.cursor }, context: { triggerKind: 1 } }).answer;
    const items = Array.isArray(result) ? result : (result?.items ?? []);
    if (server.finds !== "nothing" && !items.some((/** @type {{ label: string }} */ { label }) => label === "keepalive")) throw new Error(`${server.name}: keepalive is not offered: ${JSON.stringify(error ?? items.slice(0, 3))}`);
    const right = pulls ? undefined : rightAt(clean);
    edit({ line, character }, typed.text.length, (lines[line] ?? "").slice(character, character + length));
    await (right ?? rightAt(clean));
    return atMs - begin;
  };

  /** From another weight, which moves the shares, to the hints of the lines around it, in ms. @param {{ readonly line: number, readonly character: number }} place @param {number} weight */
  const hints = async (place, weight) => {
    const begin = performance.now();
    edit(place, 1, String(weight));
    const range = { start: { line: Math.max(0, place.line - 30), character: 0 }, end: { line: Math.min(lines.length - 1, place.line + 30), character: 0 } };
    const { result, error, atMs } = await client.ask("textDocument/inlayHint", { textDocument: { uri }, range }).answer;
    if (server.finds !== "nothing" && !(Array.isArray(result) && result.some(({ position }) => position.line === place.line))) throw new Error(`${server.name}: no hint on the line: ${JSON.stringify(error ?? result)}`);
    return atMs - begin;
  };

  return { server, client, capabilities, pulls, uri, text, lines, site, openMs, edit, keystroke, completion, hints, rightAt, clean, pull, places: placesOf(lines), weights: weightsOf(lines) };
}
