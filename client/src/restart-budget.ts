/** How often a server that dies is started again. */
export interface RestartBudget {
  /** Notes a death at this moment; true where the server may be started again. */
  readonly spend: (nowMs: number) => boolean;
  /** Forgets all deaths: the user asked for a start. */
  readonly renew: () => void;
}

/** The `deaths`th death within `windowMs` is the last one answered with no; before that each gets a restart. */
export function createRestartBudget(deaths: number, windowMs: number): RestartBudget {
  let recent: readonly number[] = [];
  return {
    spend: (nowMs) => {
      recent = [...recent.filter((at) => nowMs - at < windowMs), nowMs];
      return recent.length < deaths;
    },
    renew: () => { recent = []; },
  };
}
