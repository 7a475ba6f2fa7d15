import { isAbsolute } from "node:path";
import type { FileLink } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import { uriOfPath } from "./uri.ts";

/** The URI that a path of a policy leads to; undefined where there is no such file inside the root. A certificate is on the balancer's machine: an absolute path is taken as it stands. */
export function linkTarget(link: FileLink, uri: string, documents: Documents): string | undefined {
  if (link.kind === "certificate") return isAbsolute(link.path) && !link.path.includes("\0") ? uriOfPath(link.path) : undefined;
  return link.path.includes("\0") || isAbsolute(link.path) ? undefined : documents.fileNamed(link.path, uri);
}
