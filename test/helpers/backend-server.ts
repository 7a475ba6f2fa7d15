/** Small members for live tests: each says its name in `x-backend`, counts what reaches it, and can be told to be slow or to fail. */
import { once } from "node:events";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Member {
  readonly name: string;
  readonly port: number;
  /** `127.0.0.1:PORT`, for the policy. */
  readonly address: string;
  readonly requests: SeenRequest[];
  /** Greatest number of requests that were in it at once. */
  maxInFlight: number;
  status: number;
  delayMs: number;
  /** Breaks the connection in the place of an answer. */
  breaks: boolean;
  /** Headers and body of the answer. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Answers in the place of all of the above. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** While true, requests wait for `release`. */
  holds: boolean;
  /** Answers what waits, and holds no longer. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
}

export interface MemberOptions {
  /** A member of a known port, to come back where one was stopped. */
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Requests for `/healthz` are answered but not counted. */
export async function startMember(name: string, options: MemberOptions = {}): Promise<Member> {
  let inFlight = 0;
  const server: HttpServer = options.tls === undefined ? createServer() : (createSecureServer(options.tls) as unknown as HttpServer);
  server.keepAliveTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const waiting: ServerResponse[] = [];
  const member: Member = {
    name, port, address: `127.0.0.1:${port}`, requests: [], maxInFlight: 0, status: 200, delayMs: 0, breaks: false, headers: {}, body: name, answer: undefined, holds: false,
    release: () => {
      member.holds = false;
      for (const response of waiting.splice(0)) reply(member, response);
    },
    stop: async () => {
      server.closeAllConnections();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      if (request.url !== "/healthz") member.requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      inFlight++;
      member.maxInFlight = Math.max(member.maxInFlight, inFlight);
      response.on("close", () => inFlight--);
      if (member.holds) waiting.push(response);
      else if (member.breaks) request.socket.destroy();
      else if (member.answer !== undefined) member.answer(request, response);
      else if (member.delayMs > 0) setTimeout(() => reply(member, response), member.delayMs);
      else reply(member, response);
    });
  });
  return member;
}

function reply(member: Member, response: ServerResponse): void {
  response.writeHead(member.status, { "x-backend": member.name, "content-type": "text/plain", ...member.headers });
  response.end(member.body);
}
