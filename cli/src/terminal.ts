/** The process around a command: its streams, folder and environment, so that commands touch none of them directly. */
import { decodeText, maxFileBytes } from "../../server/src/text-file.ts";
import type { TextFile, Unreadable } from "../../server/src/text-file.ts";

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Words for people. */
  readonly err: (text: string) => void;
  readonly readInput: () => Promise<TextFile | Unreadable>;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Width of the terminal, 80 where there is none. */
  readonly columns: number;
  /** The working directory. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** 0 done, 1 problems found, 2 wrong usage or an unreadable file. */
export type ExitCode = 0 | 1 | 2;

/** Ends a command with status 2 and one line of words. */
export class Refusal extends Error {}

/** A refusal that also points at `--help`. */
export class WrongUsage extends Refusal {}

/** The terminal of this process. A reader that went away (`| head`) is not an error. */
export function processTerminal(): Terminal {
  const quiet = (error: Error & { code?: string }): void => {
    if (error.code !== "EPIPE") throw error;
  };
  process.stdout.on("error", quiet);
  process.stderr.on("error", quiet);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readInput: readStandardInput,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns > 0 ? process.stdout.columns : 80,
    folder: process.cwd(),
    environment: process.env,
  };
}

async function readStandardInput(): Promise<TextFile | Unreadable> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxFileBytes) break;
  }
  return decodeText(Buffer.concat(chunks));
}
