import type { CommonOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Whether to write colours to a stream. `auto`: on a terminal, unless `NO_COLOR` is set (no-color.org) or `TERM` is `dumb`. */
export function colorOf(option: CommonOptions["color"], isTerminal: boolean, terminal: Terminal): "colored" | "plain" {
  if (option !== "auto") return option === "always" ? "colored" : "plain";
  const { NO_COLOR, TERM } = terminal.environment;
  return isTerminal && (NO_COLOR ?? "") === "" && TERM !== "dumb" ? "colored" : "plain";
}
