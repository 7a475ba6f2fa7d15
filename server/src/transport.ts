/**
 * The rules of the protocol that hold before any handler: what may come when, and what is not a message at all. Stands between the reader and
 * the connection.
 */
import type { Disposable, Message, MessageReader, MessageWriter } from "vscode-languageserver/node";

export interface Transport {
  readonly reader: MessageReader;
  /** Changes of a document that were read and not yet handed to the connection's handler; `handled` counts one down. */
  readonly queuedChanges: QueuedChanges;
  readonly isShutDown: () => boolean;
}

export interface QueuedChanges {
  readonly handled: (uri: string) => void;
  /** True where a newer text of the document is already waiting. */
  readonly has: (uri: string) => boolean;
}

/** `-32002` before `initialize`, `-32600` after `shutdown` and for what is not a message; notifications at a wrong time are dropped. */
export function guard(reader: MessageReader, writer: MessageWriter): Transport {
  let phase: "fresh" | "running" | "shut down" = "fresh";
  const queued = new Map<string, number>();

  const refuse = (id: unknown, code: number, message: string): void => {
    const answer = { jsonrpc: "2.0", id: typeof id === "string" || typeof id === "number" ? id : null, error: { code, message } };
    // A writer that fails has reported it to the connection.
    void writer.write(answer as Message).catch(() => undefined);
  };

  const admits = (message: unknown): message is Message => {
    if (!isObject(message)) {
      refuse(null, invalidRequest, "a message is a JSON object");
      return false;
    }
    const { id, method, params } = message;
    if (typeof method !== "string") {
      const isResponse = id !== undefined && ("result" in message || "error" in message);
      if (!isResponse) refuse(id, invalidRequest, "a request names its method");
      return isResponse && phase !== "fresh";
    }
    if (params !== undefined && params !== null && !isObject(params)) {
      if (id !== undefined) refuse(id, phase === "fresh" ? serverNotInitialized : invalidParams, "params are an object");
      return false;
    }
    if (method === "$/cancelRequest") return isObject(params) && (typeof params["id"] === "string" || typeof params["id"] === "number");
    if (id === undefined) return method === "exit" || phase === "running";
    if (typeof id !== "string" && typeof id !== "number") {
      refuse(null, invalidRequest, "the id of a request is a string or a number");
      return false;
    }
    return admitsRequest(id, method, params);
  };

  const admitsRequest = (id: string | number, method: string, params: unknown): boolean => {
    if (phase === "shut down") refuse(id, invalidRequest, "the server was shut down");
    else if (phase === "fresh" && method !== "initialize") refuse(id, serverNotInitialized, "the first request is initialize");
    else if (phase === "running" && method === "initialize") refuse(id, invalidRequest, "initialize comes once");
    else if (method === "initialize" && !(isObject(params) && isObject(params["capabilities"]))) refuse(id, invalidParams, "initialize needs params with capabilities");
    else {
      phase = method === "shutdown" ? "shut down" : "running";
      return true;
    }
    return false;
  };

  const noteChange = (message: Message): void => {
    const uri = changedUri(message);
    if (uri !== undefined) queued.set(uri, (queued.get(uri) ?? 0) + 1);
  };

  return {
    reader: {
      onError: reader.onError,
      onClose: reader.onClose,
      onPartialMessage: reader.onPartialMessage,
      listen: (callback): Disposable => reader.listen((message) => {
        if (!admits(message)) return;
        // Some clients write `"params": null` for none.
        if ("params" in message && message.params === null) delete message.params;
        noteChange(message);
        callback(message);
      }),
      dispose: () => reader.dispose(),
    },
    queuedChanges: {
      handled: (uri) => {
        const left = (queued.get(uri) ?? 0) - 1;
        if (left > 0) queued.set(uri, left);
        else queued.delete(uri);
      },
      has: (uri) => queued.has(uri),
    },
    isShutDown: () => phase === "shut down",
  };
}

const serverNotInitialized = -32002;
const invalidRequest = -32600;
const invalidParams = -32602;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changedUri(message: unknown): string | undefined {
  if (!isObject(message) || message["method"] !== "textDocument/didChange" || !isObject(message["params"])) return undefined;
  const document = message["params"]["textDocument"];
  return isObject(document) && typeof document["uri"] === "string" ? document["uri"] : undefined;
}
