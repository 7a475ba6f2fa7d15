import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

const POLL_INTERVAL_MS = 30;

/**
 * Asks again until the answer is not undefined: for states that send no event, such as a file on disk.
 * @throws Error after timeoutMs, naming what was waited for and the last thing seen.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  { timeoutMs = 20_000, seen = () => "" }: { readonly timeoutMs?: number; readonly seen?: () => string } = {},
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}. ${seen()}`.trim());
    await pause(POLL_INTERVAL_MS);
  }
}

/** Waits for a file whose text satisfies `accepts` (default: any text), and returns it. */
export async function waitForFile(path: string, accepts: (text: string) => boolean = (text) => text !== ""): Promise<string> {
  let last: string | undefined;
  return waitUntil(
    `the file ${path}`,
    async () => {
      last = await readFile(path, "utf8").catch(() => undefined);
      return last !== undefined && accepts(last) ? last : undefined;
    },
    { seen: () => (last === undefined ? "There is no such file." : `It holds:\n${last}`) },
  );
}

/** VS Code draws spaces as no-break spaces: the same text with plain ones. */
export function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u200c\u200d]/g, (character) => (character === "\u00a0" ? " " : ""));
}
