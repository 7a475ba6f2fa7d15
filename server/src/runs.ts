/** Simulations that run behind the typing, for hints, lenses and hovers. A text that is waiting goes first; a pool that takes too long is left out. */
import type { Analysis, Backend, KnownRuns, RunFigures } from "../../language/src/index.ts";
import { isElastic, runFigures, simulate } from "../../language/src/index.ts";
import { traceReader } from "./custom-requests.ts";
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
export function createRuns(host: ServerHost, documents: Documents, onNews: () => void): Runs {
  const backends = new Map<string, { readonly shape: string; readonly figures: RunFigures | undefined }>();
  const key = (analysis: Analysis, name: string): string => `${analysis.source.file} ${name}`;

  const due = (uri: string): readonly Backend[] => {
    const document = documents.get(uri);
    if (document === undefined || host.queuedChanges.has(uri) || document.analysis.refusals.length > 0) return [];
    const { analysis } = document;
    return analysis.policy.backends.filter((backend) => backend.origin.file === uri && backend.demand !== undefined && backends.get(key(analysis, backend.name))?.shape !== shapeOf(analysis, backend));
  };

  /** One backend a turn. What takes too long behind the typing is tried once more when it pauses. */
  const run = (uri: string, patience: keyof typeof longestMs): void => {
    const version = documents.get(uri)?.text.version;
    const waiting = [...due(uri)];
    let hasNews = false;
    let isUnfinished = false;
    const next = (): void => {
      const backend = waiting.shift();
      const document = documents.get(uri);
      if (document === undefined || document.text.version !== version || host.queuedChanges.has(uri)) return;
      if (backend !== undefined) {
        const { analysis } = document;
        const figures = simulated(analysis, backend, longestMs[patience]);
        if (figures !== undefined || patience === "at rest") backends.set(key(analysis, backend.name), { shape: shapeOf(analysis, backend), figures });
        else isUnfinished = true;
        hasNews ||= figures !== undefined;
        host.soon(next);
        return;
      }
      if (hasNews) onNews();
      if (isUnfinished) host.whenQuiet(`runs ${uri}`, () => run(uri, "at rest"));
    };
    next();
  };
  const follow = (uri: string): void => host.whenQuiet(`runs ${uri}`, () => run(uri, "behind the typing"), "an instant");

  const simulated = (analysis: Analysis, backend: Backend, longest: number): RunFigures | undefined => {
    const endsMs = host.nowMs() + longest;
    const outcome = simulate(analysis, { backend: backend.name }, { isCancelled: () => host.nowMs() > endsMs, readTrace: traceReader(documents, host) });
    return outcome.kind === "report" ? runFigures(outcome.report, isElastic(backend)) : undefined;
  };

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
      for (const each of backends.keys()) if (each.startsWith(`${uri} `)) backends.delete(each);
    },
  };
}

/** A run that would hold up the editor is given up; such a pool has the figures of the formulas only. */
const longestMs = { "behind the typing": 60, "at rest": 400 } as const;

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
