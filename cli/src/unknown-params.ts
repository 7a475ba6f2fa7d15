/** Params of an lbpolicy.json that no policy of its root declares: the file speaks for all of them, so all of them are asked. */
import { paramNamesIn, unknownParams } from "../../language/src/index.ts";
import type { Analysis, Diagnostic, Settings, Severities } from "../../language/src/index.ts";
import { readTextFile } from "../../server/src/text-file.ts";
import { policiesBelow } from "./policy-files.ts";

/** A policy that was checked, with where its lbpolicy.json lies. */
export interface Checked {
  readonly analysis: Analysis;
  readonly root: string;
  readonly settings: Settings | undefined;
}

/** Each root once. The other policies of a root are read only where the checked ones leave a name unknown. */
export function unknownParamsOf(checked: readonly Checked[], severities: Severities): readonly Diagnostic[] {
  const roots = new Map(checked.map(({ root, settings }) => [root, settings]));
  return [...roots].flatMap(([root, settings]) => {
    if (settings === undefined || settings.parameters.length === 0) return [];
    const declared = new Set(checked.filter((each) => each.root === root).flatMap(({ analysis }) => [...analysis.scopes.param.byName.keys()]));
    if (settings.parameters.every(({ name }) => declared.has(name))) return [];
    for (const path of policiesOf(root)) {
      const read = readTextFile(path);
      if ("text" in read) for (const name of paramNamesIn(read.text)) declared.add(name);
    }
    return unknownParams(settings, declared, severities);
  });
}

/** Nothing where the folder cannot be listed. */
function policiesOf(root: string): readonly string[] {
  try {
    return policiesBelow(root);
  } catch {
    return [];
  }
}
