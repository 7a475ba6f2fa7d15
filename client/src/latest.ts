/** Work of which only the newest matters: one at a time, a newer one cancels the older, those in between are never begun. */
export interface Latest {
  readonly request: () => void;
  /** Cancels what runs; nothing is begun any more. */
  readonly dispose: () => void;
}

/** `run` must not reject, and must settle soon after its signal is aborted. */
export function createLatest(run: (signal: AbortSignal) => Promise<void>): Latest {
  let running: AbortController | undefined;
  let isWaiting = false;
  let isDisposed = false;
  const begin = async (): Promise<void> => {
    do {
      isWaiting = false;
      running = new AbortController();
      await run(running.signal);
    } while (isWaiting && !isDisposed);
    running = undefined;
  };
  return {
    request: () => {
      if (isDisposed) return;
      if (running === undefined) {
        void begin();
      } else {
        isWaiting = true;
        running.abort();
      }
    },
    dispose: () => {
      isDisposed = true;
      running?.abort();
    },
  };
}
