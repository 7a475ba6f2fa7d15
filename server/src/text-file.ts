/** Reads a policy file that may be anything: a folder, a pipe, a device, far too large, not text. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** The largest file that is read. */
export const maxFileBytes = 16 * 1024 * 1024;

export interface TextFile {
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasByteOrderMark: boolean;
}

/** Why there is no text: a phrase that follows the file's name, such as `is a folder`. */
export interface Unreadable {
  readonly problem: string;
}

/** The text of a regular file. Symbolic links are followed unless `links` is `"refuse"`. Never blocks on a pipe. */
export function readTextFile(path: string, links: "follow" | "refuse" = "follow"): TextFile | Unreadable {
  let descriptor: number;
  try {
    // Windows has neither flag, and no FIFOs among its files.
    const noFollow = links === "refuse" ? ((constants.O_NOFOLLOW as number | undefined) ?? 0) : 0;
    descriptor = openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0) | noFollow);
  } catch (error) {
    return { problem: fileProblem(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { problem: "is a folder" };
    if (!stat.isFile()) return { problem: "is not a regular file" };
    if (stat.size > maxFileBytes) return tooLarge;
    return decodeText(readAtMost(descriptor, maxFileBytes + 1));
  } catch (error) {
    return { problem: fileProblem(error) };
  } finally {
    closeSync(descriptor);
  }
}

/** The text of bytes that must be UTF-8. A byte order mark is taken off. */
export function decodeText(bytes: Uint8Array): TextFile | Unreadable {
  if (bytes.length > maxFileBytes) return tooLarge;
  const invalid = firstInvalidByte(bytes);
  if (invalid !== undefined) {
    const byte = (bytes[invalid] ?? 0).toString(16).toUpperCase().padStart(2, "0");
    return { problem: `is not UTF-8: byte 0x${byte} at offset ${invalid} does not belong there` };
  }
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { text: new TextDecoder("utf-8").decode(bytes), hasByteOrderMark };
}

/** A system error as a phrase that follows the file's name. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  switch (code) {
    case "ENOENT": return "does not exist";
    case "ENOTDIR": return "does not exist: a part of its path is not a folder";
    case "EACCES":
    case "EPERM": return "may not be accessed: permission denied";
    case "EISDIR": return "is a folder";
    case "ELOOP": return "is reached through a symbolic link that is not followed";
    case "ENAMETOOLONG": return "cannot exist: its name is too long";
    case "ENXIO": return "is not a regular file";
    case "ENOSPC": return "cannot be written: no space is left";
    case "EROFS": return "cannot be written: the file system is read-only";
    case undefined: return "cannot be read";
    default: return `cannot be accessed (${code})`;
  }
}

const tooLarge: Unreadable = { problem: `is larger than ${maxFileBytes / 1024 / 1024} MiB` };

function readAtMost(descriptor: number, limit: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < limit) {
    const chunk = new Uint8Array(Math.min(1 << 20, limit - length));
    const count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks, length);
}

/** Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7). */
function firstInvalidByte(bytes: Uint8Array): number | undefined {
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x80) {
      i++;
      continue;
    }
    const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0) return i;
    for (let k = 1; k < length; k++) {
      const next = bytes[i + k] ?? 0;
      const least = k === 1 && lead === 0xe0 ? 0xa0 : k === 1 && lead === 0xf0 ? 0x90 : 0x80;
      const most = k === 1 && lead === 0xed ? 0x9f : k === 1 && lead === 0xf4 ? 0x8f : 0xbf;
      if (next < least || next > most) return i;
    }
    i += length;
  }
  return undefined;
}
