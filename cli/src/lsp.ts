/** `lbpolicy lsp`: the language server on standard input and output. */
import type { Command, Invocation } from "./command.ts";
import { hasFlag } from "./options.ts";
import { WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";

export const lspCommand: Command = {
  name: "lsp",
  summary: "run the language server",
  help: `Usage: lbpolicy lsp --stdio

Runs the language server: the Language Server Protocol on standard input and output.

  --stdio                 required
  --clientProcessId=PID   end when that process ends

Example: lbpolicy lsp --stdio
`,
  options: { stdio: { type: "boolean" }, clientProcessId: { type: "string" } },
  run: runServer,
};

async function runServer({ args }: Invocation): Promise<ExitCode> {
  if (!hasFlag(args, "stdio")) throw new WrongUsage("lsp needs --stdio");
  if (args.positionals.length > 0) throw new WrongUsage("lsp takes no file");
  // Loaded here so that the other commands start without the protocol's code.
  const { runStdioServer } = await import("../../server/src/stdio.ts");
  return runStdioServer();
}
