/** What a rate limit owes a client: the leaky bucket of nginx's documentation (ngx_http_limit_req_module), apart from both programs. */
import { performance } from "node:perf_hooks";

export interface RateLimit {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A request that was answered: when it was sent and when the answer came, in milliseconds. The program decided somewhere between. */
export interface Asked {
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly isAdmitted: boolean;
}

/** Asks, one request after another, until the time is over; `pause` is waited between two. */
export async function askUntil(endMs: number, ask: () => Promise<{ readonly status: number }>, pause: () => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  while (performance.now() < endMs) {
    const sentMs = performance.now();
    const { status } = await ask();
    asked.push({ sentMs, answeredMs: performance.now(), isAdmitted: status === 200 });
    await pause();
  }
  return asked;
}

export function admitted(asked: readonly Asked[]): number {
  return asked.filter(({ isAdmitted }) => isAdmitted).length;
}

/** The fewest and the most that the bucket admits of these requests, by the moments in which they may have been decided. Moments in which nobody asked are lost to both. */
export function owed(limit: RateLimit, asked: readonly Asked[]): { readonly least: number; readonly most: number } {
  const counts = [asked.map((each) => each.sentMs), asked.map((each) => each.answeredMs), asked.map((each) => (each.sentMs + each.answeredMs) / 2)].map((moments) => throughBucket(limit, moments));
  return { least: Math.min(...counts), most: Math.max(...counts) };
}

/** The bucket leaks at the rate, a request fills it by one, and overflows where more than the burst is in it besides. */
function throughBucket({ ratePerSecond, burst }: RateLimit, momentsMs: readonly number[]): number {
  let excess = 0;
  let last: number | undefined;
  let count = 0;
  for (const moment of momentsMs) {
    const next = last === undefined ? 0 : Math.max(0, excess - (ratePerSecond * (moment - last)) / 1000 + 1);
    if (next > burst) continue;
    excess = next;
    last = moment;
    count++;
  }
  return count;
}
