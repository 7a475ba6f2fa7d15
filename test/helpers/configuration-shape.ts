/**
 * The structure of a compiled configuration as its program reads it, without the texts in it: names, nesting and numbers of arguments.
 * Written from the programs' documentation and apart from the compilers, so that a text that got out of its quotes shows.
 */
import type { Program } from "./live-balancer.ts";

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** One line per directive or rule; equal for configurations that differ only in their texts. */
export function shapeOf(program: Program, text: string): readonly string[] {
  return program === "nginx" ? nginxShape(text) : haproxyShape(text);
}

/** `name/arguments/variables`, indented by depth. */
function nginxShape(text: string): readonly string[] {
  const lines: string[] = [];
  let depth = 0;
  let words: Token[] = [];
  const end = (kind: string): void => {
    const [name, ...rest] = words;
    // of a row of a map nginx reads variables in the value only
    const isEntry = inMap(lines, depth);
    const variables = (isEntry ? rest : words).flatMap((word) => [...word.text.matchAll(/\$\{?([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? "")).filter((variable) => variable !== "lb_dollar");
    lines.push(`${"  ".repeat(depth)}${isEntry ? "entry" : (name?.text ?? "")}/${rest.length}/${readsVariables(name?.text ?? "") ? variables.join(",") : ""}${kind}`);
    words = [];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (/\s/.test(character)) continue;
    if (character === "#") i = Math.max(i, text.indexOf("\n", i) < 0 ? text.length : text.indexOf("\n", i));
    else if (character === ";") end("");
    else if (character === "{") {
      end("{");
      depth++;
    } else if (character === "}") {
      depth--;
      lines.push(`${"  ".repeat(depth)}}`);
    } else if (character === '"' || character === "'") {
      let word = "";
      for (i++; i < text.length && text.charAt(i) !== character; i++) {
        if (text.charAt(i) === "\\") i++;
        word += text.charAt(i);
      }
      words.push({ text: word, quoted: true });
    } else {
      let word = "";
      for (; i < text.length && !/[\s;{]/.test(text.charAt(i)) || text.slice(i - 1, i + 1) === "${"; i++) word += text.charAt(i);
      i--;
      words.push({ text: word, quoted: false });
    }
  }
  return lines;
}

/** Rows of a map begin with a text. */
function inMap(lines: readonly string[], depth: number): boolean {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i] ?? "";
    if (line.endsWith("{") && line.search(/\S/) / 2 < depth) return /^\s*(?:map|geo|split_clients)\//.test(line);
    if (line.trim() === "}" && line.search(/\S/) / 2 < depth) return false;
  }
  return false;
}

/** Directives of ours in whose arguments nginx does not look for variables. */
function readsVariables(name: string): boolean {
  return !["location", "server_name", "upstream", "entry"].includes(name);
}

/** The first two words of a line, the number of its words, and the samples in it. */
function haproxyShape(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const words = haproxyWords(line);
    if (words.length === 0) return [];
    const formats = words[0] === "http-check" ? words.slice(words.indexOf("hdr") + 1) : words;
    const samples = formats.flatMap((word) => [...word.replaceAll("%%", "").matchAll(/%\[[^\]]*\]|%\{?[A-Za-z]+/g)].map((match) => match[0]));
    const readsFormat = /^(?:http-request|http-response|http-after-response|http-check|redirect)$/.test(words[0] ?? "");
    return [`${/^\s/.test(line) ? "  " : ""}${words[0]} ${words[0] === "acl" || words[0] === "cookie" ? "" : (words[1] ?? "").replace(/\(.*/, "")}/${words.length}/${readsFormat ? samples.join(",") : ""}`];
  });
}

/** configuration.txt §2.2: quotes, escapes, comments, and what double quotes let through. */
function haproxyWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === " " || character === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "#") break;
    else if (character === "'") {
      const close = line.indexOf("'", i + 1);
      if (close < 0) throw new Error(`a quote is not closed: ${line}`);
      word = (word ?? "") + line.slice(i + 1, close);
      i = close;
    } else if (character === '"') throw new Error(`double quotes let variables of the environment in: ${line}`);
    else if (character === "\\") word = (word ?? "") + line.charAt(++i);
    else word = (word ?? "") + character;
  }
  return word === undefined ? words : [...words, word];
}
