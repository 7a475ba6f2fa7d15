/** From the words after `lbpolicy` to a command and its exit status. */
import { version } from "../../language/src/index.ts";
import { checkCommand } from "./check.ts";
import type { Command } from "./command.ts";
import { compileCommand } from "./compile.ts";
import { explainCommand } from "./explain.ts";
import { formatCommand } from "./format.ts";
import { lspCommand } from "./lsp.ts";
import { commonOptions, hasFlag, parseArguments } from "./options.ts";
import { visibleText } from "./plain-text.ts";
import { simulateCommand } from "./simulate.ts";
import { Refusal, WrongUsage } from "./terminal.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { testCommand } from "./test.ts";

const commands: readonly Command[] = [checkCommand, compileCommand, simulateCommand, testCommand, formatCommand, explainCommand, lspCommand];

/** Named in the language's reference, not there yet. */
const laterCommands: readonly string[] = ["import", "diff", "suggest", "mcp", "completion"];

/** Runs a command. Never throws: what goes wrong is one line of words, and a status. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    if (error instanceof Refusal) {
      const hint = error instanceof WrongUsage ? `; see lbpolicy ${helpTopic(words)}--help` : "";
      terminal.err(`lbpolicy: ${error.message}${hint}\n`);
    } else {
      terminal.err(internalErrorText(error, terminal));
    }
    return 2;
  }
}

/** One line for a fault of ours; the stack only for those who ask for it. */
export function internalErrorText(error: unknown, terminal: Pick<Terminal, "environment">): string {
  const words = visibleText(error instanceof Error ? error.message : String(error));
  const stack = terminal.environment["LBPOLICY_DEBUG"] === "1" && error instanceof Error ? `${error.stack ?? ""}\n` : "";
  return `lbpolicy: internal error: ${words}; please report it with the policy that shows it (LBPOLICY_DEBUG=1 tells where it arose)\n${stack}`;
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [word, ...rest] = words;
  if (word === undefined) throw new WrongUsage("a command is missing");
  if (word === "--help" || word === "-h" || word === "help") {
    const topic = commands.find((command) => command.name === rest[0]);
    terminal.out(topic === undefined ? overview() : commandHelp(topic));
    return 0;
  }
  if (word === "--version") {
    terminal.out(`lbpolicy ${version}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === word);
  if (command === undefined) throw new WrongUsage(unknownCommand(word));
  const args = parseArguments(rest, command.options);
  if (hasFlag(args, "help")) {
    terminal.out(commandHelp(command));
    return 0;
  }
  return command.run({ args, common: commonOptions(args, terminal), terminal });
}

function unknownCommand(word: string): string {
  if (laterCommands.includes(word)) return `the command ${word} comes later; what works now: ${commands.map((command) => command.name).join(", ")}`;
  if (word.startsWith("-")) return `the command comes first, then its options, such as ${visibleText(word)}`;
  return `there is no command "${visibleText(word)}"`;
}

function helpTopic(words: readonly string[]): string {
  const command = commands.find((candidate) => candidate.name === words[0]);
  return command === undefined ? "" : `${command.name} `;
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const list = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}\n`).join("");
  return `Usage: lbpolicy COMMAND [options]

Checks, simulates and compiles load-balancing and scaling policies.

${list}
${commonHelp}  --version               the version of lbpolicy

Exit status: 0 done, 1 problems found, 2 wrong usage or an unreadable file.

Example: lbpolicy compile shop.lbpolicy --target nginx --out nginx.conf
`;
}

function commandHelp(command: Command): string {
  const [usage, ...example] = command.help.split("\nExample: ");
  return `${usage}\n${commonHelp}\nExample: ${example.join("\nExample: ")}`;
}

const commonHelp = `Everywhere:
  --set NAME=VALUE        override a param; may be repeated
  --env NAME              set the params of an environment
  --root DIR              folder that imports may not leave
  --color auto|always|never
  --help, -h              this text
`;
