/** Simulations that run behind the typing, for hints, lenses and hovers. They run in the background thread; a pool that takes too long is left out. */
import type { Analysis, Backend, KnownRuns, RunFigures } from "../../language/src/index.ts";
import type { Background } from "./background/background.ts";
import { Stopped } from "./background/stopped.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";

export interface Runs {
  /** What is known of the backends as they are now. */
  readonly of: (analysis: Analysis) => Pick<KnownRuns, "backend">;
  /** Simulates a document's backends when nothing else waits. */
  readonly follow: (uri: string) => void;
  readonly forget: (uri: string) => void;
}

/** `onNews` is told when figures became known that were not. */
export function createRuns(host: ServerHost, documents: Documents, background: Background, onNews: () => void): Runs {
  const backends = new Map<string, { readonly shape: string; readonly figures: RunFigures | undefined }>();
  const key = (analysis: Analysis, name: string): string => `${analysis.source.file} ${name}`;

  const latest = new Map<string, object>();

  const due = (uri: string): readonly { readonly name: string; readonly shape: string }[] => {
    const document = documents.get(uri);
    if (document === undefined || host.queuedChanges.has(uri) || document.analysis.refusals.length > 0) return [];
    const { analysis } = document;
    return analysis.policy.backends
      .filter((backend) => backend.origin.file === uri && backend.demand !== undefined)
      .map((backend) => ({ name: backend.name, shape: shapeOf(analysis, backend) }))
      .filter(({ name, shape }) => backends.get(key(analysis, name))?.shape !== shape);
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
      const analysis = documents.get(uri)?.analysis;
      const backend = analysis?.policy.backends.find((each) => each.name === name);
      if (figures === undefined || analysis === undefined || backend === undefined || shapeOf(analysis, backend) !== shape) break;
      backends.set(key(analysis, name), { shape, figures: figures ?? undefined });
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
  const follow = (uri: string): void => host.whenQuiet(`runs ${uri}`, () => void run(uri).catch(() => undefined), documents.quick(uri) === undefined ? "an instant" : "a moment");

  return {
    follow,
    of: (analysis) => ({
      backend(name) {
        const known = backends.get(key(analysis, name));
        const backend = analysis.policy.backends.find((each) => each.name === name);
        return known === undefined || backend === undefined || known.shape !== shapeOf(analysis, backend) ? undefined : known.figures;
      },
    }),
    forget(uri) {
      latest.delete(uri);
      for (const each of backends.keys()) if (each.startsWith(`${uri} `)) backends.delete(each);
    },
  };
}

/** A pool whose run takes longer has the figures of the formulas only. */
const longestMs = 5_000;
/** Of many pools those that are done are shown before the last. */
const newsEveryMs = 500;

const shapes = new WeakMap<Backend, string>();

/** The backend without its places in the text: while it is the same, so is its run. */
function shapeOf({ policy }: Analysis, backend: Backend): string {
  let shape = shapes.get(backend);
  if (shape === undefined) {
    shape = JSON.stringify([backend, policy.targets], withoutPlaces);
    shapes.set(backend, shape);
  }
  return shape;
}

function withoutPlaces(name: string, value: unknown): unknown {
  return name === "origin" || name === "nameRange" ? undefined : value;
}
