import { dirname, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The absolute path of a `file:` URI; undefined for other schemes and for what is not a URI. */
export function pathOfUri(uri: string): string | undefined {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}

/** The last part of a URI's path, decoded as far as it can be. */
export function baseNameOfUri(uri: string): string {
  const last = uri.split(/[?#]/u)[0]?.split(/[/:]/u).at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** How one file names another: relative, with `/`. Undefined where either is no file. */
export function relativeUri(fromUri: string, toUri: string): string | undefined {
  const [from, to] = [pathOfUri(fromUri), pathOfUri(toUri)];
  return from === undefined || to === undefined ? undefined : relative(dirname(from), to).split(sep).join("/");
}
