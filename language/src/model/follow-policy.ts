/**
 * The resolution of a policy that is being edited: a declaration is resolved again only where its own text changed, or something that it asked
 * about when it was resolved before. It finds what `resolvePolicy` finds; a property test holds that.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Statement } from "../syntax/tree.ts";
import { nameOf } from "../syntax/tree.ts";
import { checkTogether } from "./check-ports.ts";
import type { Context, Params, ParamValue } from "./context.ts";
import type { ResolvedKind } from "./declarations.ts";
import { resolvedKinds, resolvers } from "./declarations.ts";
import type { Overrides } from "./params.ts";
import { createParams, unknownOverrides } from "./params.ts";
import type { Backend } from "./policy.ts";
import { keyOf, observed } from "./reads.ts";
import type { Known, Reads } from "./reads.ts";
import type { ParsedFile } from "./resolve.ts";
import { checkParams, complainOfUnused, distinct, expectedToBeUsed, targetsOf } from "./resolve.ts";
import type { Declared, Scope, ScopeKind, Scopes } from "./scopes.ts";
import { collectScopes, declaredIn, scopeKinds, scopesOf } from "./scopes.ts";
import type { Service } from "./service.ts";
import type { Target } from "./target.ts";

export interface FollowedPolicy {
  /**
   * What is wrong with the policy now, in no order; ranges count in the pieces. A piece that is the same object as before is taken to be
   * unchanged. `wholeFile` names the file that `files[0]` is of.
   */
  readonly update: (files: readonly ParsedFile[]) => readonly Diagnostic[];
  /** The names as they are now; the ranges of what declares them count in the pieces. */
  readonly scopes: () => Scopes;
  readonly targets: () => readonly Target[];
  /** What became of a backend; undefined where another one of that name counts. */
  readonly backendOf: (statement: Statement) => Backend | undefined;
}

/** A declaration as it was resolved. */
interface Memo {
  readonly statement: Statement;
  readonly value: unknown;
  readonly reads: Reads;
}

type Names = Readonly<Record<ScopeKind, Map<string, Declared>>>;

export function followPolicy(overrides: Overrides): FollowedPolicy {
  let before: readonly ParsedFile[] = [];
  let last: readonly Diagnostic[] = [];
  let names: Names = noNames();
  let scopes: Scopes = scopesOf(names);
  /** About double and reserved names. */
  let ofNames: readonly Diagnostic[] = [];
  const ofParams: Diagnostic[] = [];
  let values: Params = createParams(() => scopes, overrides);
  let known: ReadonlyMap<string, ParamValue | undefined> = new Map();
  let usedByParams: ReadonlySet<string> = new Set();
  const memos = new Map<string, Memo>();
  const readers = new Map<string, Set<string>>();
  const uses = new Map<string, number>();
  let ofServices: readonly Diagnostic[] = [];
  let targets: Reads | undefined;
  let resolvedTargets: readonly Target[] = [];
  let ofUnused: readonly Diagnostic[] = [];
  let hasNewUses = true;

  const params: Params = { find: (name) => values.find(name), has: (name) => values.has(name), names: () => values.names() };
  const contextOf = ({ file, wholeFile }: Pick<ParsedFile, "file" | "wholeFile">): Context => ({ file, ...(wholeFile === undefined ? {} : { wholeFile }), params, found: ofParams });
  const everything: Known = { get scopes() { return scopes; }, params, made: (kind, name) => memos.get(keyOf.made(kind, name))?.value };

  const collect = (files: readonly ParsedFile[]): void => {
    const found: Diagnostic[] = [];
    const collected = collectScopes(files.map((file) => ({ context: contextOf(file), declarations: file.tree.declarations, importedAt: file.importedAt })), found);
    names = Object.fromEntries(scopeKinds.map((kind) => [kind, collected[kind].byName])) as unknown as Names;
    scopes = collected;
    ofNames = found;
  };

  /** The values of all params; answers which changed. */
  const evaluate = (root: Context): readonly string[] => {
    ofParams.length = 0;
    values = createParams(() => scopes, overrides);
    for (const declared of scopes.param.byName.values()) declared.used = false;
    ofParams.push(...unknownOverrides(root, scopes, overrides));
    checkParams(scopes, values);
    usedByParams = new Set([...scopes.param.byName.values()].filter((declared) => declared.used).map((declared) => keyOf.made("param", declared.name)));
    const next = new Map([...values.names()].map((name) => [name, values.find(name)]));
    const changed = [...new Set([...known.keys(), ...next.keys()])].filter((name) => !isSameValue(known.get(name), next.get(name)));
    known = next;
    return changed.map(keyOf.param);
  };

  const count = (reads: Reads, step: 1 | -1, key: string): void => {
    for (const use of reads.uses) uses.set(use, (uses.get(use) ?? 0) + step);
    for (const read of reads.keys) {
      if (step < 0) readers.get(read)?.delete(key);
      else if (readers.has(read)) readers.get(read)?.add(key);
      else readers.set(read, new Set([key]));
    }
  };
  const forget = (key: string): void => {
    const memo = memos.get(key);
    if (memo === undefined) return;
    count(memo.reads, -1, key);
    memos.delete(key);
  };
  const resolveAgain = (kind: ResolvedKind, declared: Declared): void => {
    const key = keyOf.made(kind, declared.name);
    const earlier = memos.get(key)?.reads.uses ?? noUses;
    forget(key);
    const { context, world, reads } = observed(everything, declared.context);
    const value = resolvers[kind](context, world, declared.statement, declared.name);
    memos.set(key, { statement: declared.statement, value, reads });
    count(reads, 1, key);
    hasNewUses ||= !isSameSet(earlier, reads.uses);
  };

  const update = (files: readonly ParsedFile[]): readonly Diagnostic[] => {
    const root = files[0];
    const { removed, added } = difference(before, files);
    if (root === undefined || (removed.length === 0 && added.length === 0)) return last;
    const isFirst = before.length === 0;
    before = files;
    const gone = removed.flatMap(declarationsOf);
    const come = added.flatMap(declarationsOf);
    const stale = new Set<string>();
    const changed: string[] = [];
    const isPatched = ofNames.length === 0 && gone.length === come.length && gone.every(({ kind, name }, index) => kind === come[index]?.kind && name === come[index].name);
    if (isPatched) {
      for (const { kind, name, statement, file } of come) {
        names[kind].set(name, { name, statement, context: contextOf(file), used: false });
        stale.add(keyOf.made(kind, name));
      }
    } else {
      const earlier = names;
      collect(files);
      for (const kind of scopeKinds) changed.push(...changedNames(kind, earlier[kind], names[kind]));
      for (const kind of resolvedKinds) {
        for (const { name, statement } of names[kind].values()) if (memos.get(keyOf.made(kind, name))?.statement !== statement) stale.add(keyOf.made(kind, name));
        for (const name of earlier[kind].keys()) {
          if (names[kind].has(name)) continue;
          forget(keyOf.made(kind, name));
          changed.push(keyOf.made(kind, name));
        }
      }
    }
    const isAbout = (...kinds: readonly string[]): boolean => [...gone, ...come].some(({ kind }) => kinds.includes(kind));
    // What belongs to no place, such as an override, is told at the start of the whole file.
    if (isFirst || isAbout("param", "environment")) changed.push(...evaluate(contextOf({ file: root.wholeFile ?? root.file })));
    for (const key of changed) for (const reader of readers.get(key) ?? []) stale.add(reader);
    let hasNewServices = !isPatched;
    for (const kind of resolvedKinds) {
      for (const key of stale) {
        if (!key.startsWith(`${kind} `)) continue;
        stale.delete(key);
        const declared = names[kind].get(key.slice(kind.length + 1));
        if (declared === undefined) continue;
        resolveAgain(kind, declared);
        for (const reader of readers.get(key) ?? []) stale.add(reader);
        hasNewServices ||= kind === "service";
      }
    }
    if (hasNewServices) ofServices = togetherOf([...names.service.keys()].flatMap((name) => (memos.get(keyOf.made("service", name))?.value as Service | undefined) ?? []), contextOf(root));
    const usedByTargets = targets?.uses ?? noUses;
    if (targets !== undefined) count(targets, -1, "");
    targets = targetsOfFiles(files);
    count(targets, 1, "");
    if (hasNewUses || !isPatched || isAbout(...expectedToBeUsed, "environment") || !isSameSet(usedByTargets, targets.uses)) ofUnused = unused();
    hasNewUses = false;
    const found: Diagnostic[] = [];
    for (const { reads } of memos.values()) for (const diagnostic of reads.found) found.push(diagnostic);
    last = distinct([...ofNames, ...ofParams, ...found, ...ofServices, ...targets.found, ...ofUnused]);
    return last;
  };

  const targetsOfFiles = (files: readonly ParsedFile[]): Reads => {
    const holders = files.filter(({ tree }) => tree.declarations.some((statement) => statement.spec.keyword === "target"));
    const { context, reads } = observed(everything, { file: "" });
    resolvedTargets = targetsOf(holders.map((file) => ({ context: { ...context, file: file.file }, declarations: file.tree.declarations })));
    return reads;
  };

  const unused = (): readonly Diagnostic[] => {
    if (names.backend.size === 0) return [];
    const found: Diagnostic[] = [];
    for (const kind of expectedToBeUsed) {
      for (const declared of names[kind].values()) {
        const key = keyOf.made(kind, declared.name);
        if ((uses.get(key) ?? 0) > 0 || usedByParams.has(key)) continue;
        complainOfUnused({ ...declared.context, found }, declared, kind);
      }
    }
    return found;
  };

  const backendOf = (statement: Statement): Backend | undefined => {
    const memo = memos.get(keyOf.made("backend", nameOf(statement)?.name ?? ""));
    return memo?.statement === statement ? (memo.value as Backend) : undefined;
  };

  return { update, scopes: () => scopes, targets: () => resolvedTargets, backendOf };
}

const noUses: ReadonlySet<string> = new Set();

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of a) if (!b.has(each)) return false;
  return true;
}

function noNames(): Names {
  return Object.fromEntries(scopeKinds.map((kind) => [kind, new Map<string, Declared>()])) as unknown as Names;
}

interface DeclarationAt {
  readonly kind: ScopeKind;
  readonly name: string;
  readonly statement: Statement;
  readonly file: ParsedFile;
}

function declarationsOf(file: ParsedFile): readonly DeclarationAt[] {
  return file.tree.declarations.flatMap((statement) => {
    const name = declaredIn(statement);
    return name === undefined ? [] : [{ kind: name.kind, name: name.name, statement, file }];
  });
}

/** The middle that differs. */
function difference(before: readonly ParsedFile[], after: readonly ParsedFile[]): { readonly removed: readonly ParsedFile[]; readonly added: readonly ParsedFile[] } {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { removed: before.slice(head, before.length - tail), added: after.slice(head, after.length - tail) };
}

/** Which names of a kind came or went, and whether their order is another. */
function changedNames(kind: ScopeKind, before: Scope["byName"], after: Scope["byName"]): readonly string[] {
  const earlier = [...before.keys()];
  const later = [...after.keys()];
  if (earlier.length === later.length && earlier.every((name, index) => name === later[index])) return [];
  const moved = [...earlier.filter((name) => !after.has(name)), ...later.filter((name) => !before.has(name))];
  return [keyOf.names(kind), ...moved.map((name) => keyOf.exists(kind, name))];
}

function isSameValue(a: ParamValue | undefined, b: ParamValue | undefined): boolean {
  if (a?.kind !== b?.kind) return false;
  if (a?.kind === "quantity" && b?.kind === "quantity") return a.quantity.dimension === b.quantity.dimension && Object.is(a.quantity.value, b.quantity.value);
  return a?.kind !== "text" || b?.kind !== "text" || a.text === b.text;
}

function togetherOf(services: readonly Service[], context: Context): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  checkTogether({ ...context, found }, services);
  return found;
}
