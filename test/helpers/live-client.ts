/** Requests of live tests: any header, any path as it stands, answers as plain data. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import { request as secureRequest } from "node:https";

export interface Ask {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Over TLS, with this name as SNI. */
  readonly tls?: string;
  /** The address from which the client comes: another one of loopback's. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The member that answered. */
  readonly backend: string;
}

/** One request on a connection of its own. Rejects where no answer comes. */
export async function ask({ port, path = "/", method = "GET", headers = {}, body, tls, from }: Ask): Promise<Answer> {
  const common = { host: "127.0.0.1", port, path, method, headers: { ...headers }, ...(from === undefined ? {} : { localAddress: from }) };
  const asking = tls === undefined
    ? request({ ...common, agent: new Agent({ keepAlive: false }) })
    : secureRequest({ ...common, servername: tls, rejectUnauthorized: false, agent: false });
  asking.end(body);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString(), backend: String(response.headers["x-backend"] ?? "") };
}

/** The same request many times, `atOnce` of them at a time. */
export async function askMany(count: number, make: (i: number) => Ask, atOnce = 20): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      answers[i] = await ask(make(i));
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, atOnce) }, worker));
  return answers;
}

/** Asks all at once; where as many as `refused` have an answer, `release` lets the others have theirs. No time limit decides who is refused. */
export async function askHeld(asks: readonly Ask[], refused: number, release: () => void): Promise<readonly Answer[]> {
  let answered = 0;
  return Promise.all(asks.map(async (one) => {
    const answer = await ask(one);
    if (++answered === refused) release();
    return answer;
  }));
}

/** How many answers came from each member; those without one count under their status. */
export function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const key = answer.backend === "" ? String(answer.status) : answer.backend;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
