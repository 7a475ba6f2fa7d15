// A language client over stdio that keeps the clock: every message is stamped when it is read, and what a server asks is answered as VS Code would.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * @typedef {{ readonly severity?: number, readonly message: string, readonly range: { readonly start: { readonly line: number, readonly character: number }, readonly end: { readonly line: number, readonly character: number } } }} Diagnostic
 * @typedef {{ readonly uri: string, readonly version?: number, readonly diagnostics: readonly Diagnostic[] }} Published
 * @typedef {{ readonly result?: any, readonly error?: { readonly code: number, readonly message: string }, readonly atMs: number }} Answer
 * @typedef {ReturnType<typeof startClient>} Client
 */

/**
 * @param {readonly string[]} command @param {{ readonly configuration?: (section: string | undefined) => unknown }} [settings]
 */
export function startClient([program = "", ...words], { configuration = () => null } = {}) {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  /** @type {Map<number, (answer: Answer) => void>} */
  const waiting = new Map();
  /** @type {Set<(published: Published, atMs: number) => void>} */
  const listeners = new Set();
  /** By the request that they wait for. @type {Map<() => void, string>} */
  const refreshListeners = new Map();
  let errors = "";
  let exit = /** @type {number | undefined} */ (undefined);
  let next = 1;

  const send = (/** @type {object} */ message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }), "utf8");
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "latin1"), body]));
  };

  /** @param {any} message */
  const receive = (message) => {
    const atMs = performance.now();
    if (message.method === undefined) {
      waiting.get(message.id)?.({ ...message, atMs });
      waiting.delete(message.id);
      return;
    }
    if (message.method === "textDocument/publishDiagnostics") for (const listener of listeners) listener(message.params, atMs);
    if (message.id === undefined) return;
    for (const [listener, method] of refreshListeners) if (message.method === method) listener();
    const result = message.method === "workspace/configuration" ? message.params.items.map((/** @type {{ section?: string }} */ { section }) => configuration(section)) : null;
    send({ id: message.id, result });
  };

  /** @type {Buffer[]} */
  let parts = [];
  let held = 0;
  let wanted = -1;
  child.stdout.on("data", (/** @type {Buffer} */ chunk) => {
    parts.push(chunk);
    held += chunk.length;
    for (;;) {
      if (wanted >= 0 && held < wanted) return;
      const all = parts.length === 1 ? (parts[0] ?? chunk) : Buffer.concat(parts);
      if (wanted < 0) {
        const end = all.indexOf("\r\n\r\n");
        parts = [all];
        if (end < 0) return;
        wanted = Number(/content-length: *(\d+)/i.exec(all.subarray(0, end).toString("latin1"))?.[1]);
        parts = [all.subarray(end + 4)];
        held = all.length - end - 4;
        continue;
      }
      const body = all.subarray(0, wanted).toString("utf8");
      parts = [all.subarray(wanted)];
      held = all.length - wanted;
      wanted = -1;
      receive(JSON.parse(body));
    }
  });
  child.stderr.on("data", (/** @type {Buffer} */ chunk) => { errors = (errors + chunk.toString("utf8")).slice(-4000); });
  const exited = new Promise((resolve) => child.once("exit", (code) => {
    exit = code ?? -1;
    for (const answer of waiting.values()) answer({ error: { code: -1, message: `the server ended (${code}): ${errors}` }, atMs: performance.now() });
    waiting.clear();
    resolve(code);
  }));
  child.stdin.on("error", () => undefined);

  /** @param {string} method @param {unknown} params @returns {{ readonly id: number, readonly answer: Promise<Answer> }} */
  const ask = (method, params) => {
    const id = next++;
    const answer = new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
      if (exit === undefined) waiting.set(id, resolve);
      else resolve({ error: { code: -1, message: `the server has ended: ${errors}` }, atMs: performance.now() });
    });
    send({ id, method, params });
    return { id, answer };
  };

  return {
    ask,
    /** The result, or an exception that says what the server answered. @param {string} method @param {unknown} params @returns {Promise<any>} */
    async request(method, params) {
      const { error, result } = await ask(method, params).answer;
      if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message}`);
      return result;
    },
    /** @param {string} method @param {unknown} params */
    notify: (method, params) => send({ method, params }),
    cancel: (/** @type {number} */ id) => send({ method: "$/cancelRequest", params: { id } }),
    /** @param {(published: Published, atMs: number) => void} listener */
    onPublished: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** @param {() => void} listener @param {string} [method] */
    onRefresh: (listener, method = "workspace/diagnostic/refresh") => {
      refreshListeners.set(listener, method);
      return () => refreshListeners.delete(listener);
    },
    /** Most memory that the process had at once, in bytes; undefined where the system does not say. */
    peakBytes() {
      try {
        const kib = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "latin1"))?.[1];
        return kib === undefined ? undefined : Number(kib) * 1024;
      } catch {
        return undefined;
      }
    },
    /** Processor time so far, in ms; 0 where the system does not say. */
    processorMs() {
      try {
        const fields = readFileSync(`/proc/${child.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
        // utime and stime, in hundredths of a second.
        return (Number(fields[11]) + Number(fields[12])) * 10;
      } catch {
        return 0;
      }
    },
    async close() {
      child.kill("SIGCONT");
      if (exit !== undefined) return;
      await Promise.race([ask("shutdown", null).answer, new Promise((resolve) => { setTimeout(resolve, 5000).unref(); })]);
      send({ method: "exit" });
      await Promise.race([exited, new Promise((resolve) => { setTimeout(resolve, 2000).unref(); })]);
      child.kill("SIGKILL");
    },
    kill: () => child.kill("SIGKILL"),
    /** Takes the processor from the server, so that what it does at rest is no burden for another; and gives it back. */
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
  };
}

/** What VS Code says about itself, as far as it bears on the answers. @param {{ readonly pulls: "pull" | "push" }} how */
export function initializeParams({ pulls }) {
  return {
    processId: process.pid,
    clientInfo: { name: "lbpolicy-bench" },
    rootUri: null,
    workspaceFolders: null,
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      workspace: {
        configuration: true, didChangeConfiguration: { dynamicRegistration: true }, workspaceFolders: true, diagnostics: { refreshSupport: true },
        inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true },
      },
      textDocument: {
        synchronization: {}, publishDiagnostics: { relatedInformation: true, versionSupport: true },
        ...(pulls === "pull" ? { diagnostic: { relatedDocumentSupport: true } } : {}),
        completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown", "plaintext"], resolveSupport: { properties: ["documentation", "detail", "additionalTextEdits"] } } },
        inlayHint: { resolveSupport: { properties: ["tooltip"] } },
      },
      window: { workDoneProgress: true },
    },
    initializationOptions: { provideFormatter: false, handledSchemaProtocols: ["file"] },
  };
}
