/** Simulations that run behind the typing, for hints, lenses and hovers. They run in the background thread; a pool that takes too long is left out. */
import type { Analysis, Backend, KnownRuns, RunFigures, Target } from "../../language/src/index.ts";
import type { Background } from "./background/background.ts";
import { Stopped } from "./background/stopped.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";

export interface Runs {
  /** What is known of the backends as they are now. */
  readonly of: (analysis: Analysis) => Pick<KnownRuns, "backend">;
  /** What is known of one backend of a document, given the targets that its policy declares. */
  readonly ofBackend: (uri: string, backend: Backend, targets: readonly Target[]) => RunFigures | undefined;
  /** Simulates a document's backends when nothing else waits. */
  readonly follow: (uri: string) => void;
  readonly forget: (uri: string) => void;
}

/** `onNews` is told when figures became known that were not. */
export function createRuns(host: ServerHost, documents: Documents, background: Background, onNews: () => void): Runs {
  const backends = new Map<string, { readonly shape: string; readonly figures: RunFigures | undefined }>();
  const key = (uri: string, name: string): string => `${uri} ${name}`;

  const latest = new Map<string, object>();

  /** The document's own backends as they are now; none where the policy has errors. */
  const backendsOf = (uri: string): { readonly backends: readonly Backend[]; readonly targets: readonly Target[] } | undefined => {
    const quick = documents.quick(uri);
    if (quick !== undefined) return quick.diagnostics.some((each) => each.severity === "error") ? undefined : quick.backends();
    const analysis = documents.get(uri)?.analysis;
    return analysis === undefined || analysis.refusals.length > 0 ? undefined : { backends: analysis.policy.backends.filter((backend) => backend.origin.file === uri), targets: analysis.policy.targets };
  };
  const due = (uri: string): readonly { readonly name: string; readonly shape: string }[] => {
    const known = host.queuedChanges.has(uri) ? undefined : backendsOf(uri);
    return (known?.backends ?? [])
      .filter((backend) => backend.demand !== undefined)
      .map((backend) => ({ name: backend.name, shape: shapeOf(backend, known?.targets ?? []) }))
      .filter(({ name, shape }) => backends.get(key(uri, name))?.shape !== shape);
  };

  /** One backend after another. An edit ends it; what follows it begins anew. */
  const run = async (uri: string): Promise<void> => {
    const own = {};
    latest.set(uri, own);
    let toldMs = host.nowMs();
    let hasNews = false;
    for (const { name, shape } of due(uri)) {
      const figures = await background.run({ kind: "figures", uri, backend: name, longestMs }).catch((error: unknown) => (error instanceof Stopped ? undefined : null));
      if (latest.get(uri) !== own) return;
      // Settings may have changed meanwhile: kept is what holds for the backend as it was and is.
      const now = backendsOf(uri);
      const backend = now?.backends.find((each) => each.name === name);
      if (figures === undefined || now === undefined || backend === undefined || shapeOf(backend, now.targets) !== shape) break;
      backends.set(key(uri, name), { shape, figures: figures ?? undefined });
      hasNews ||= figures !== null;
      if (hasNews && host.nowMs() - toldMs > newsEveryMs) {
        toldMs = host.nowMs();
        hasNews = false;
        onNews();
      }
    }
    latest.delete(uri);
    if (hasNews) onNews();
  };
  /** What a long document's backends are is worked out when the typing pauses. */
  const follow = (uri: string): void => host.whenQuiet(`runs ${uri}`, () => void run(uri).catch(() => undefined), documents.isLong(uri) ? "a moment" : "an instant");

  const ofBackend: Runs["ofBackend"] = (uri, backend, targets) => {
    const known = backends.get(key(uri, backend.name));
    return known === undefined || known.shape !== shapeOf(backend, targets) ? undefined : known.figures;
  };

  return {
    follow,
    of: (analysis) => ({
      backend(name) {
        const backend = analysis.policy.backends.find((each) => each.name === name);
        return backend === undefined ? undefined : ofBackend(analysis.source.file, backend, analysis.policy.targets);
      },
    }),
    ofBackend,
    forget(uri) {
      latest.delete(uri);
      for (const each of backends.keys()) if (each.startsWith(`${uri} `)) backends.delete(each);
    },
  };
}

/** A pool whose run takes longer has the figures of the formulas only. */
const longestMs = 2_000;
/** Of many pools those that are done are shown before the last. */
const newsEveryMs = 500;

const shapes = new WeakMap<Backend, string>();

/** The backend without its places in the text: while it is the same, so is its run. */
function shapeOf(backend: Backend, targets: readonly Target[]): string {
  let shape = shapes.get(backend);
  if (shape === undefined) {
    shape = JSON.stringify(backend, withoutPlaces);
    shapes.set(backend, shape);
  }
  return `${shape} ${JSON.stringify(targets, withoutPlaces)}`;
}

function withoutPlaces(name: string, value: unknown): unknown {
  return name === "origin" || /[rR]anges?$/u.test(name) ? undefined : value;
}
