/** Markdown of hovers and tooltips. What users wrote never becomes markup, a link or HTML. */

/** Text that Markdown shows as it stands. Line ends stay. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[&<>]/gu, (character) => entities[character] ?? character)
    .replace(/[\\`*_{}[\]()#+\-.!|~:$@"'=^/]/gu, "\\$&")
    .replace(/\p{Cc}/gu, (character) => (character === "\n" ? "\n" : " "));
}

/** Text in a code span. */
export function code(text: string): string {
  const flat = text.replace(/\p{Cc}+/gu, " ");
  const longest = Math.max(0, ...(flat.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = flat === "" || flat.startsWith("`") || flat.endsWith("`") || (flat.startsWith(" ") && flat.endsWith(" ")) ? " " : "";
  return fence + space + flat + space + fence;
}

/** Blocks with an empty line between them; empty ones left out. */
export function paragraphs(...blocks: readonly (string | undefined)[]): string {
  return blocks.filter((block) => block !== undefined && block !== "").join("\n\n");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
