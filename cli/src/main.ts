/** The entry of the `lbpolicy` program. */
import { internalErrorText, runCommandLine } from "./command-line.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();

function fail(error: unknown): void {
  terminal.err(internalErrorText(error, terminal));
  process.exit(2);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

void runCommandLine(process.argv.slice(2), terminal).then((status) => {
  process.exitCode = status;
});
