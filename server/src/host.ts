import type { StartThread } from "./background/start-thread.ts";
import type { TextFile, Unreadable } from "./text-file.ts";
import type { ImportedFile } from "./import-file.ts";
import type { QueuedChanges } from "./transport.ts";

/** The world around the server: files, time, and what is waiting to be read. Paths are absolute. */
export interface ServerHost {
  readonly readFile: (path: string) => TextFile | Unreadable;
  /** Reads what an `import` names, inside the root. */
  readonly readImport: (path: string, fromPath: string, root: string) => ImportedFile | Unreadable;
  /** Undefined where there is no such file. */
  readonly realPath: (path: string) => string | undefined;
  /** Absolute paths of the policies below a folder. */
  readonly policyFilesIn: (folder: string) => readonly string[];
  /** The page of a diagnostic's code, Markdown. */
  readonly pageOf: (code: string) => string | undefined;
  readonly nowMs: () => number;
  readonly startThread: StartThread;
  /** Runs something when no message has been waiting for a moment; a later call with the same key takes the place of an earlier one. */
  readonly whenQuiet: (key: string, run: () => void, quiet?: "a moment" | "an instant") => void;
  /** After the messages that have arrived were handled. */
  readonly soon: (run: () => void) => void;
  readonly queuedChanges: QueuedChanges;
}
