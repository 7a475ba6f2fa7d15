/** Cuts the bytes of the protocol's base layer into messages, and says where they cannot be cut. */
import { AbstractMessageReader } from "vscode-languageserver/node";
import type { DataCallback, Disposable, MessageReader } from "vscode-languageserver/node";
import type { Readable } from "node:stream";

/** Of a message that is not JSON: the next one is read all the same. */
export class NotJson extends Error {}

/** The largest message; a document of the largest size fits, escaped. */
const maxBodyBytes = 64 * 1024 * 1024;
const maxHeadBytes = 8 * 1024;

/**
 * Reads `Content-Length` framed messages. `onError` gives a `NotJson`, after which reading goes on, or another error, after which nothing more is
 * read, for the beginning of the next message is not known.
 */
export class FramedReader extends AbstractMessageReader implements MessageReader {
  private readonly input: Readable;

  constructor(input: Readable) {
    super();
    this.input = input;
  }

  listen(callback: DataCallback): Disposable {
    const cut = createCutter((body) => {
      const message = parse(body);
      if (message instanceof NotJson) this.fireError(message);
      else callback(message);
    });
    const onData = (chunk: Buffer): void => {
      const problem = cut(chunk);
      if (problem === undefined) return;
      this.input.off("data", onData);
      this.fireError(new Error(problem));
    };
    this.input.on("data", onData);
    this.input.on("error", (error) => this.fireError(error));
    this.input.on("close", () => this.fireClose());
    return { dispose: () => this.input.off("data", onData) };
  }
}

/** Takes chunks of any size, gives whole bodies; answers what is wrong with the framing. */
export function createCutter(onBody: (body: Buffer) => void): (chunk: Buffer) => string | undefined {
  let chunks: Buffer[] = [];
  let held = 0;
  /** Bytes to be held before there is something to do: of a body all that are missing. */
  let needed = 1;
  let bodyBytes: number | undefined;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return undefined;
    let buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks, held);
    for (;;) {
      if (bodyBytes === undefined) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end > maxHeadBytes || (end < 0 && buffer.length > maxHeadBytes)) return "the head of a message is too long";
        if (end < 0) break;
        const length = contentLength(buffer.toString("latin1", 0, end));
        if (typeof length === "string") return length;
        bodyBytes = length;
        buffer = buffer.subarray(end + 4);
      }
      if (buffer.length < bodyBytes) break;
      onBody(buffer.subarray(0, bodyBytes));
      buffer = buffer.subarray(bodyBytes);
      bodyBytes = undefined;
    }
    chunks = [buffer];
    held = buffer.length;
    needed = bodyBytes ?? 1;
    return undefined;
  };
}

/** The length that a head tells, or what is wrong with it. */
function contentLength(head: string): number | string {
  for (const line of head.split("\r\n")) {
    const [, value] = /^content-length:[ \t]*(.*?)[ \t]*$/iu.exec(line) ?? [];
    if (value === undefined) continue;
    const length = /^\d{1,15}$/u.test(value) ? Number(value) : undefined;
    if (length === undefined) return "Content-Length is not a number";
    return length <= maxBodyBytes ? length : `a message is longer than ${maxBodyBytes / 1024 / 1024} MiB`;
  }
  return "a message has no Content-Length";
}

function parse(body: Buffer): NotJson | Parameters<DataCallback>[0] {
  try {
    return JSON.parse(body.toString("utf8")) as Parameters<DataCallback>[0];
  } catch {
    return new NotJson("a message is not JSON");
  }
}
