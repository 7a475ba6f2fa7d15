import type { Arguments, CommonOptions, OptionSpecs } from "./options.ts";
import type { ExitCode, Terminal } from "./terminal.ts";

/** One word of the command line and what it does. */
export interface Command {
  readonly name: string;
  /** For the list of commands. */
  readonly summary: string;
  /** Usage, own options, an example; ends with LF. The common options are added. */
  readonly help: string;
  readonly options: OptionSpecs;
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}

export interface Invocation {
  readonly args: Arguments;
  readonly common: CommonOptions;
  readonly terminal: Terminal;
}
