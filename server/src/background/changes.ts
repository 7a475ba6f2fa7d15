/** Keeps the background thread's documents the same as the editor's: what changed goes with each order. */
import type { Documents } from "../documents.ts";
import { agreedEncoding, agreeOnEncoding } from "../positions.ts";
import type { Changes } from "./jobs.ts";

export interface ChangeLog {
  /** What the thread does not know yet; afterwards it counts as known. */
  readonly take: () => Changes;
  /** After files, folders or settings may have changed. */
  readonly forgetFiles: () => void;
}

/** For one thread, which knows nothing at first. */
export function createChangeLog(documents: Documents): ChangeLog {
  const known = new Map<string, { readonly version: number; readonly text: string }>();
  let isCurrent = false;
  return {
    take() {
      const uris = documents.uris();
      const closed = [...known.keys()].filter((uri) => !uris.includes(uri));
      for (const uri of closed) known.delete(uri);
      const texts = uris.flatMap((uri) => {
        const document = documents.textOf(uri);
        if (document === undefined) return [];
        const { languageId, version } = document;
        const text = document.getText();
        const before = known.get(uri);
        if (before?.version === version && before.text === text) return [];
        known.set(uri, { version, text });
        return [{ uri, languageId, version, text }];
      });
      const changes = { texts, closed };
      if (isCurrent) return changes;
      isCurrent = true;
      return { ...changes, surroundings: { folders: documents.folders(), settings: documents.editorSettings(), encoding: agreedEncoding() } };
    },
    forgetFiles: () => void (isCurrent = false),
  };
}

/** In the thread. */
export function applyChanges(documents: Documents, { texts, closed, surroundings }: Changes): void {
  if (surroundings !== undefined) {
    agreeOnEncoding([surroundings.encoding]);
    documents.setFolders(surroundings.folders);
    documents.setEditorSettings(surroundings.settings);
    documents.forgetAll();
  }
  for (const uri of closed) documents.close(uri);
  for (const { uri, languageId, version, text } of texts) documents.open(uri, languageId, version, text);
  for (const uri of [...closed, ...texts.map((each) => each.uri)]) documents.forgetReadersOf(uri);
}
