// Our server beside peers, over stdio, in one run, taken in turns: npm run lsp [-- --sizes 1000,10000 --rounds 8 --servers lbpolicy,vscode-json --write --json FILE]
// Every answer is looked at before its time counts. While one server is measured the others are stopped.
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { policySchema } from "../parse/peer-documents.mjs";
import { preparePeers } from "../prepare.mjs";
import { randomPicks } from "../shared/figures.mjs";
import { circumstances, commandOf, writeSection } from "../shared/page.mjs";
import { bundleSizes } from "./bundles.mjs";
import { lspRatios, lspTables } from "./report.mjs";
import { policyOf, schemaUri, servers, versions } from "./servers.mjs";
import { openSession } from "./session.mjs";
import { measureStarts } from "./start.mjs";
import { storm } from "./storm.mjs";

/**
 * @typedef {object} Figures of one server with one document; times in ms, one list for each round
 * @property {string} id
 * @property {string} name
 * @property {"pull" | "push"} diagnostics
 * @property {number} [openMs] from opening to the right diagnostics
 * @property {number[][]} keystrokes
 * @property {number[][]} completions
 * @property {number[][]} hints
 * @property {number[][]} rested keystrokes that come after a pause, when a server does what it put off
 * @property {number} [peakBytes]
 * @property {Awaited<ReturnType<typeof storm>>} [storm]
 * @property {string} [failure] why there are no more
 */

/** How much of a turn is spent on what, in ms: a slow server is asked less often. */
const turnMs = { keystrokes: 4000, completions: 3000, hints: 1000 };

/** One that takes seconds for a keystroke is not warmed, paused or stormed: that would take most of an hour and say nothing new. @param {Figures} figures */
const isSlow = ({ openMs = Infinity }) => openMs > 4000;

/** Somebody looks at what has been typed, and types on. */
const pauseMs = 700;

/** Does something a number of times, and once at least, until the turn is over. @param {number} times @param {number} limitMs @param {() => Promise<readonly number[]>} once */
async function turn(times, limitMs, once) {
  /** @type {number[]} */
  const found = [];
  const end = performance.now() + limitMs;
  for (let i = 0; i < times && (i === 0 || performance.now() < end); i++) found.push(...(await once()));
  return found;
}

/** Waits until a server has done what it does at rest: it leaves the processor alone; ten seconds at most. @param {import("./session.mjs").Session} session */
async function rest({ client }) {
  const end = performance.now() + 10_000;
  for (let before = client.processorMs(); performance.now() < end;) {
    await after(250);
    const now = client.processorMs();
    if (now - before <= 20) return;
    before = now;
  }
}

/** @param {number} lines @param {{ readonly rounds: number, readonly only: readonly string[] | undefined, readonly log: (message: string) => void }} options @returns {Promise<readonly Figures[]>} */
async function measured(lines, { rounds, only, log }) {
  const policy = policyOf(lines);
  /** @type {{ readonly figures: Figures, readonly session: import("./session.mjs").Session }[]} */
  const open = [];
  /** @type {Figures[]} */
  const all = [];
  const patienceMs = lines > 50_000 ? 90_000 : 45_000;
  for (const server of servers) {
    if (only !== undefined && !only.includes(server.id)) continue;
    /** @type {Figures} */
    const figures = { id: server.id, name: server.name, diagnostics: "push", keystrokes: [], completions: [], hints: [], rested: [] };
    all.push(figures);
    try {
      const session = await openSession(server, policy, { patienceMs });
      figures.openMs = session.openMs;
      figures.diagnostics = session.pulls ? "pull" : "push";
      open.push({ figures, session });
      session.client.pause();
    } catch (error) {
      figures.failure = String(error).slice(0, 300);
    }
    log(`${lines} lines, ${server.name}: ${figures.failure ?? `opened in ${Math.round(figures.openMs ?? 0)} ms`}`);
  }
  const placesOf = new Map(open.map(({ session }) => [session, { completion: randomPicks(session.places, 2), weight: randomPicks(session.weights.length > 0 ? session.weights : [{ line: 0, character: 0 }], 3) }]));

  /** @param {typeof open[number]} entry @param {number} times @param {boolean} counts */
  const oneTurn = async ({ figures, session }, times, counts) => {
    if (figures.failure !== undefined) return;
    session.client.resume();
    const isPatient = isSlow(figures);
    try {
      // What it had put off when it was stopped is due now, and no part of typing on: that is measured after the pause below.
      if (!isPatient) {
        const first = session.site();
        await session.keystroke(first, "mistake");
        await session.keystroke(first, "mend");
        await rest(session);
      }
      const keystrokes = await turn(times, turnMs.keystrokes, async () => {
        const site = session.site();
        return [await session.keystroke(site, "mistake"), await session.keystroke(site, "mend")];
      });
      const picks = placesOf.get(session);
      const completions = await turn(Math.ceil(times / 2), turnMs.completions, async () => (picks === undefined ? [] : [await session.completion(picks.completion())]));
      const hints = session.capabilities.inlayHintProvider === undefined || session.weights.length === 0 || figures.id === "langium" ? [] : await turn(Math.ceil(times / 2), turnMs.hints, async () => {
        const place = picks?.weight() ?? { line: 0, character: 0 };
        const before = Number(session.lines[place.line]?.[place.character]);
        const ms = await session.hints(place, before + 1);
        return [ms, await session.hints(place, before)];
      });
      if (!isPatient) {
        await after(pauseMs);
        const site = session.site();
        const rested = [await session.keystroke(site, "mistake")];
        await session.keystroke(site, "mend");
        if (counts) figures.rested.push(rested);
      }
      if (counts) {
        figures.keystrokes.push(keystrokes);
        figures.completions.push(completions);
        figures.hints.push(hints);
      }
    } catch (error) {
      figures.failure = String(error).slice(0, 300);
      log(`${lines} lines, ${figures.name}: ${figures.failure}`);
      session.client.kill();
      return;
    }
    session.client.pause();
  };

  for (const entry of open) if (!isSlow(entry.figures)) await oneTurn(entry, 8, false);
  for (let round = 0; round < rounds; round++) {
    for (const entry of open) await oneTurn(entry, 6, true);
    log(`${lines} lines: round ${round + 1} of ${rounds}`);
  }
  for (const { figures, session } of open) {
    const peak = session.client.peakBytes();
    if (peak !== undefined) figures.peakBytes = peak;
  }
  for (const { figures, session } of open) {
    if (figures.failure === undefined && !isSlow(figures)) {
      session.client.resume();
      try {
        figures.storm = await storm(session, lines > 50_000 ? 60 : 100);
      } catch (error) {
        figures.failure = String(error).slice(0, 300);
        log(`${lines} lines, ${figures.name}: ${figures.failure}`);
      }
    }
    await session.client.close();
  }
  return all;
}

/** @param {{ readonly sizes: readonly number[], readonly rounds: number, readonly starts: number, readonly only?: readonly string[] | undefined, readonly log?: (message: string) => void }} options */
export async function benchLsp({ sizes, rounds, starts, only, log = () => undefined }) {
  await preparePeers();
  mkdirSync(new URL(".", schemaUri), { recursive: true });
  writeFileSync(new URL(schemaUri), JSON.stringify(policySchema));
  const bundles = bundleSizes();
  const started = await measureStarts(servers.filter(({ id }) => id !== "vscode-json-push" && (only === undefined || only.includes(id))), starts);
  const all = [];
  for (const lines of sizes) all.push({ lines, servers: await measured(lines, { rounds: lines > 50_000 ? Math.max(2, Math.ceil(rounds / 3)) : rounds, only, log }) });
  const result = { bundles, starts: started, sizes: all };
  return { ...result, ratios: lspRatios(result) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: {
    sizes: { type: "string", default: "1000,10000,100000" }, rounds: { type: "string", default: "8" }, starts: { type: "string", default: "15" }, servers: { type: "string" },
    write: { type: "boolean", default: false }, json: { type: "string" },
  } });
  const result = await benchLsp({
    sizes: values.sizes.split(",").map(Number), rounds: Number(values.rounds), starts: Number(values.starts), only: values.servers?.split(","), log: (message) => process.stderr.write(`${message}\n`),
  });
  const command = commandOf("lsp");
  const { langium = "", "vscode-langservers-extracted": json = "", "yaml-language-server": yaml = "", "vscode-languageserver": protocol = "" } = versions();
  const page = `${circumstances({ "vscode-langservers-extracted": json, "yaml-language-server": yaml, langium, "vscode-languageserver (of the one that does nothing)": protocol }, command)}\n\n${lspTables(result)}`;
  console.log(page);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.write) writeSection("lsp", page);
  process.exit();
}
