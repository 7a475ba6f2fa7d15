/** Simulations that run behind the typing, for hints, lenses and hovers. A text that is waiting goes first; a pool that takes too long is left out. */
import type { Analysis, Backend, KnownRuns, RunFigures, ScenarioResult } from "../../language/src/index.ts";
import { isElastic, runFigures, simulate } from "../../language/src/index.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";

export interface Runs {
  /** What is known of the backends and scenarios as they are now. */
  readonly of: (analysis: Analysis) => KnownRuns;
  /** Simulates a document's backends when nothing else waits. */
  readonly follow: (uri: string) => void;
  readonly keepScenario: (analysis: Analysis, result: ScenarioResult) => void;
  readonly forget: (uri: string) => void;
}

/** `onNews` is told when figures became known that were not. */
export function createRuns(host: ServerHost, documents: Documents, onNews: () => void): Runs {
  const backends = new Map<string, { readonly shape: string; readonly figures: RunFigures | undefined }>();
  const scenarios = new Map<string, { readonly shape: string; readonly result: ScenarioResult }>();
  const key = (analysis: Analysis, name: string): string => `${analysis.source.file} ${name}`;

  const follow = (uri: string): void => host.whenQuiet(`runs ${uri}`, () => {
    const document = documents.get(uri);
    if (document === undefined || host.queuedChanges.has(uri) || document.analysis.refusals.length > 0) return;
    const { analysis, text: { version } } = document;
    const due = analysis.policy.backends.filter((backend) => backend.origin.file === uri && backend.demand !== undefined && backends.get(key(analysis, backend.name))?.shape !== shapeOf(analysis, backend));
    let hasNews = false;
    const next = (): void => {
      const backend = due.shift();
      const isCurrent = documents.get(uri)?.text.version === version && !host.queuedChanges.has(uri);
      if (backend !== undefined && isCurrent) {
        const figures = simulated(analysis, backend);
        backends.set(key(analysis, backend.name), { shape: shapeOf(analysis, backend), figures });
        hasNews ||= figures !== undefined;
        host.soon(next);
      } else if (hasNews) onNews();
    };
    next();
  }, "an instant");

  const simulated = (analysis: Analysis, backend: Backend): RunFigures | undefined => {
    const endsMs = host.nowMs() + longestRunMs;
    const outcome = simulate(analysis, { backend: backend.name }, { isCancelled: () => host.nowMs() > endsMs });
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
      scenario(name) {
        const known = scenarios.get(key(analysis, name));
        return known === undefined || known.shape !== wholeShape(analysis) ? undefined : known.result;
      },
    }),
    keepScenario: (analysis, result) => void scenarios.set(key(analysis, result.scenario), { shape: wholeShape(analysis), result }),
    forget(uri) {
      for (const known of [backends, scenarios]) for (const each of known.keys()) if (each.startsWith(`${uri} `)) known.delete(each);
    },
  };
}

/** A run that would hold up the editor is given up; such a pool has the figures of the formulas only. */
const longestRunMs = 60;

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

const wholes = new WeakMap<Analysis, string>();

function wholeShape(analysis: Analysis): string {
  let shape = wholes.get(analysis);
  if (shape === undefined) {
    shape = JSON.stringify(analysis.policy, withoutPlaces);
    wholes.set(analysis, shape);
  }
  return shape;
}

function withoutPlaces(name: string, value: unknown): unknown {
  return name === "origin" || name === "nameRange" ? undefined : value;
}
