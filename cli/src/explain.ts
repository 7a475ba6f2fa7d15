/** `lbpolicy explain`: the page of a diagnostic. */
import { nearest, registry } from "../../language/src/index.ts";
import type { Command, Invocation } from "./command.ts";
import { pageOf } from "../../server/src/diagnostic-pages.ts";
import { visibleText } from "./plain-text.ts";
import { Refusal, WrongUsage } from "./terminal.ts";
import type { ExitCode } from "./terminal.ts";

export const explainCommand: Command = {
  name: "explain",
  summary: "print the page of a diagnostic",
  help: `Usage: lbpolicy explain CODE

Prints what a diagnostic means, a policy that shows it, one that does not, and how to fix it. CODE is what check prints,
such as LBP2001, or its name, such as unknown-name.

Example: lbpolicy explain LBP2001
`,
  options: {},
  run: explain,
};

async function explain({ args, terminal }: Invocation): Promise<ExitCode> {
  const [word, ...more] = args.positionals;
  if (word === undefined) throw new WrongUsage("explain needs the code of a diagnostic, such as LBP2001");
  if (more.length > 0) throw new WrongUsage(`explain takes one code, not ${args.positionals.length}`);
  const kind = registry.find(({ code, name }) => code === word.toUpperCase() || name === word.toLowerCase());
  if (kind === undefined) throw new Refusal(`there is no diagnostic ${visibleText(word)}${offer(word)}`);
  const page = pageOf(kind.code);
  if (page === undefined) throw new Refusal(`the page of ${kind.code} is missing from this installation`);
  terminal.out(page);
  return 0;
}

/** The code that was most likely meant: four digits alone are one, and otherwise the nearest by spelling. */
function offer(word: string): string {
  const digits = /^\d{4}$/.exec(word)?.[0];
  const known = registry.flatMap(({ code, name }) => [code, name]);
  const near = digits !== undefined && known.includes(`LBP${digits}`) ? `LBP${digits}` : nearest(word, known);
  return near === undefined ? "; the codes are those that check prints" : `; did you mean ${near}?`;
}
