/** Objects as YAML that readers of version 1.1 and of version 1.2 understand alike. */
import { Document, isMap, isScalar, parseDocument, visit } from "yaml";
import type { Node } from "yaml";
import type { Origin } from "../../model/policy.ts";
import { commentText } from "../emit/text-safety.ts";
import type { Emission } from "./object.ts";

export interface Printed {
  readonly text: string;
  /** One per line of `text`. */
  readonly lineOrigins: readonly (Origin | undefined)[];
}

/** One document: its comment, then the object. Strings are quoted; a text of several lines is a literal block. */
export function printEmission(emission: Emission): Printed {
  const document = new Document(emission.manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value !== "string") return;
      if (key === "key" && !isPlainKey(node.value)) node.type = "QUOTE_DOUBLE";
      if (key !== "key" && isBlock(node.value)) node.type = "BLOCK_LITERAL";
    },
  });
  const comment = emission.comment.map((line) => `# ${commentText(line)}\n`).join("");
  const body = document.toString({ defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 });
  const text = comment + body;
  return { text, lineOrigins: originsOf(emission, text) };
}

/** Keys that some reader could take for a number, a truth value or a merge are quoted. */
function isPlainKey(key: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key);
}

/** Only what both versions read back unchanged: printable ASCII, lines that do not end in a blank, one line end at the end. */
function isBlock(value: string): boolean {
  return /^[!-~][ -~]*\n/.test(value) && /^[\n -~]*[!-~]\n$/.test(value) && !/ \n/.test(value);
}

function originsOf(emission: Emission, text: string): readonly (Origin | undefined)[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0 && i + 1 < text.length; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  const origins: Origin[] = starts.map(() => emission.origin);
  const document = parseDocument(text);
  for (const [pointer, origin] of emission.parts) {
    const range = rangeOf(document.contents, pointer.split("/").slice(1));
    if (range === undefined) continue;
    for (const [line, start] of starts.entries()) {
      const end = starts[line + 1] ?? text.length;
      if (start < range.end && end > range.start) origins[line] = origin;
    }
  }
  return origins;
}

/** From the key (or the item) to the end of the value. */
function rangeOf(node: Node | null, path: readonly string[]): { readonly start: number; readonly end: number } | undefined {
  let found: unknown = node;
  let start: number | undefined;
  for (const step of path) {
    if (isMap(found)) {
      const pair = found.items.find((item) => isScalar(item.key) && item.key.value === step);
      start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      found = pair?.value;
    } else {
      found = hasItems(found) ? found.items[Number(step)] : undefined;
      start = nodeRange(found)?.[0];
    }
  }
  const range = nodeRange(found);
  return range === undefined ? undefined : { start: start ?? range[0], end: range[1] };
}

function hasItems(value: unknown): value is { readonly items: readonly unknown[] } {
  return typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items);
}

function nodeRange(value: unknown): readonly [number, number, number] | undefined {
  if (typeof value !== "object" || value === null || !("range" in value)) return undefined;
  const { range } = value;
  return Array.isArray(range) && range.length === 3 ? [Number(range[0]), Number(range[1]), Number(range[2])] : undefined;
}
