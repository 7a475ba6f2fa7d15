/** What the background thread is asked and what it says: plain data that passes between threads. */
import type { Diagnostic, RunFigures } from "../../../language/src/index.ts";
import type { EditorSettings } from "../editor-settings.ts";
import type { Encoding } from "../positions.ts";
import type { ScenarioOutcome, SimulateParams, SimulateResponse } from "../protocol.ts";

/** Each kind of work with its answer. */
export interface Jobs {
  readonly simulate: { readonly job: { readonly kind: "simulate"; readonly uri: string; readonly params: SimulateParams }; readonly result: SimulateResponse };
  readonly scenario: { readonly job: { readonly kind: "scenario"; readonly uri: string; readonly scenario: string }; readonly result: ScenarioOutcome };
  /** Figures of a backend for hints, lenses and hovers; null where there are none, or where the run takes longer than `longestMs`. */
  readonly figures: { readonly job: { readonly kind: "figures"; readonly uri: string; readonly backend: string; readonly longestMs: number }; readonly result: RunFigures | null };
  /** Everything that is found in an open document and in what it reads, with every target and environment; null where it is not open. */
  readonly check: { readonly job: { readonly kind: "check"; readonly uri: string }; readonly result: Findings | null };
}

export type JobKind = keyof Jobs;
export type Job = Jobs[JobKind]["job"];
export type Result = Jobs[JobKind]["result"];

export interface Findings {
  /** Of the text that was checked. */
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** What changed in the editor since the last order. */
export interface Changes {
  /** Opened, or with another text. */
  readonly texts: readonly { readonly uri: string; readonly languageId: string; readonly version: number; readonly text: string }[];
  readonly closed: readonly string[];
  /** Set where files, folders or settings may be others: nothing that was read before holds. */
  readonly surroundings?: Surroundings;
}

export interface Surroundings {
  readonly folders: readonly string[];
  readonly settings: EditorSettings;
  readonly encoding: Encoding;
}

export interface Order {
  readonly number: number;
  readonly changes: Changes;
  readonly job: Job;
}

/** What the thread says of an order, in this sequence: any number of `progress`, then one of the others. */
export type Report =
  | { readonly number: number; readonly kind: "progress"; readonly fraction: number }
  | { readonly number: number; readonly kind: "done"; readonly result: Result }
  | { readonly number: number; readonly kind: "stopped" }
  | { readonly number: number; readonly kind: "refused"; readonly reason: string }
  | { readonly number: number; readonly kind: "failed"; readonly reason: string };

/** Given to the thread when it starts: one number, of the last order that is to be stopped. */
export interface ThreadData {
  readonly stopped: SharedArrayBuffer;
}
