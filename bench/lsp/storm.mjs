// Somebody who does not wait: a keystroke every 10 ms, each followed by what an editor asks, and what is out of date taken back as an editor does.
import { setTimeout as after } from "node:timers/promises";

const keystrokeEveryMs = 10;
const cancelledCodes = new Set([-32800, -32801, -32802]);

/** @param {import("./session.mjs").Session} session @param {number} keystrokes an even number */
export async function storm(session, keystrokes) {
  const { client, uri, pulls, lines } = session;
  /** @type {number[]} */
  const ms = [];
  let asked = 0;
  let cancelled = 0;
  let failed = 0;
  /** @type {Set<Promise<unknown>>} */
  const running = new Set();
  const latest = /** @type {Map<string, number>} */ (new Map());
  const waiting = /** @type {Set<number>} */ (new Set());

  /** @param {string} method @param {object} params */
  const ask = (method, params) => {
    const before = latest.get(method);
    if (before !== undefined && waiting.has(before)) client.cancel(before);
    const begin = performance.now();
    const { id, answer } = client.ask(method, params);
    latest.set(method, id);
    waiting.add(id);
    asked++;
    const done = answer.then(({ error, atMs }) => {
      waiting.delete(id);
      running.delete(done);
      if (error === undefined) ms.push(atMs - begin);
      else if (cancelledCodes.has(error.code)) cancelled++;
      else failed++;
    });
    running.add(done);
  };

  let site = session.site();
  const place = session.places[Math.floor(session.places.length / 2)];
  const begin = performance.now();
  for (let i = 0; i < keystrokes; i++) {
    const isMistake = i % 2 === 0;
    if (isMistake) site = session.site();
    session.edit(site, (isMistake ? site.good : site.bad).length, isMistake ? site.bad : site.good);
    if (pulls) ask("textDocument/diagnostic", { textDocument: { uri } });
    if (i % 4 === 0 && place !== undefined) {
      // At the begin of the word: every language has something to offer there.
      ask("textDocument/completion", { textDocument: { uri }, position: { line: place.line, character: (lines[place.line] ?? "").search(/\S/) }, context: { triggerKind: 1 } });
    }
    await after(Math.max(0, begin + (i + 1) * keystrokeEveryMs - performance.now()));
  }
  // Nothing is wrong after the last one. A mistake and its mending, so that a server that sends on changes only has something to send.
  await Promise.all(running);
  const settledFrom = performance.now();
  site = session.site();
  session.edit(site, site.good.length, site.bad);
  const settledMs = await session.keystroke(site, "mend");
  return { keystrokes, ms, asked, cancelled, failed, answeredMs: settledFrom - begin, settledMs };
}
