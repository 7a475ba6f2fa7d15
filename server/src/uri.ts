/** File URIs and paths. Editors spell the same file in several ways: `file:///c%3A/a`, `file:///C:/a`, with other letters of its name. */
import { posix, win32 } from "node:path";
import type { PlatformPath } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Whose rules hold for paths. */
export type Platform = "posix" | "windows";

const here: Platform = process.platform === "win32" ? "windows" : "posix";
const rules: Readonly<Record<Platform, PlatformPath>> = { posix, windows: win32 };

/** The absolute path of a `file:` URI, of a share too (`file://server/share/a`); undefined for other schemes and for what is not a URI of a path. */
export function pathOfUri(uri: string, platform: Platform = here): string | undefined {
  try {
    if (!/^file:/iu.test(uri)) return undefined;
    // Backslashes in a URI are an editor's mistake that means what it looks like.
    const path = fileURLToPath(platform === "windows" ? uri.replaceAll("\\", "/") : uri, { windows: platform === "windows" });
    return platform === "windows" ? path.replace(/^[A-Z]:/u, (drive) => drive.toLowerCase()) : path;
  } catch {
    return undefined;
  }
}

/** As editors write it: the drive in small letters, its colon escaped. */
export function uriOfPath(path: string, platform: Platform = here): string {
  const { href } = pathToFileURL(path, { windows: platform === "windows" });
  return platform === "windows" ? href.replace(/^file:\/\/\/([A-Za-z]):/u, (_, drive: string) => `file:///${drive.toLowerCase()}%3A`) : href;
}

/** Whether two absolute paths are one file's: on Windows whatever the letters' case and the slashes. */
export function isSamePath(a: string, b: string, platform: Platform = here): boolean {
  return platform === "posix" ? a === b : win32.normalize(a).toLowerCase() === win32.normalize(b).toLowerCase();
}

/** True where `path` is `folder` or lies below it; both absolute. */
export function isInside(folder: string, path: string, platform: Platform = here): boolean {
  const { isAbsolute, relative, sep } = rules[platform];
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** How one file names another: relative, with `/`. Undefined where either is no file, or where they lie on two drives. */
export function relativeUri(fromUri: string, toUri: string, platform: Platform = here): string | undefined {
  const { dirname, isAbsolute, relative, sep } = rules[platform];
  const [from, to] = [pathOfUri(fromUri, platform), pathOfUri(toUri, platform)];
  if (from === undefined || to === undefined) return undefined;
  const way = relative(dirname(from), to);
  return isAbsolute(way) ? undefined : way.split(sep).join("/");
}

/** The last part of a URI's path, decoded as far as it can be. */
export function baseNameOfUri(uri: string): string {
  const last = uri.split(/[?#]/u)[0]?.split(/[/:\\]|%3A/iu).at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
