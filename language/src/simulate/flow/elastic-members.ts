/** The life of an elastic pool's members: starting, ready, failed, finishing. Times in seconds since the start of the run. */

interface Cohort {
  readonly count: number;
  readonly until: number;
}

export interface Rising {
  readonly count: number;
  readonly since: number;
}

export interface ElasticMembers {
  /** The workload's size. */
  readonly wanted: () => number;
  readonly ready: () => number;
  readonly starting: () => number;
  readonly failed: () => number;
  /** Ready for less than `seconds`. */
  readonly readyFor: (seconds: number) => number;
  /** Those that came less than the slow start ago, by the time they came; no more than are ready. */
  readonly rising: () => readonly Rising[];
  /** Seconds until the last starting member is ready; 0 without one. */
  readonly startsWithin: () => number;
  /** Goes to `t`: what has started is ready, what was failed is back. */
  readonly advance: (t: number) => void;
  /** Starts members, or stops the youngest: those that do not serve first. Returns how many ready ones were stopped. */
  readonly resize: (wanted: number) => number;
  /** Takes `count` ready members out until `until`; returns how many there were. */
  readonly fail: (count: number, until: number) => number;
  /** Member-seconds from the present to `seconds` later, members that finish included. */
  readonly memberSeconds: (seconds: number) => number;
}

/** @param slowStartSeconds 0 where the target has none; those of the beginning have always been there */
export function createElasticMembers(initial: number, startupSeconds: number, shutdownSeconds: number, slowStartSeconds = 0): ElasticMembers {
  let now = 0;
  let wanted = initial;
  let ready = initial;
  let starting: Cohort[] = [];
  let failed: Cohort[] = [];
  let stopping: Cohort[] = [];
  let fresh: Rising[] = [];
  let rising: Rising[] = [];

  const came = (count: number): void => {
    ready += count;
    if (slowStartSeconds > 0 && count > 0) rising.push({ count, since: now });
  };

  const sum = (cohorts: readonly { readonly count: number }[]) => cohorts.reduce((total, cohort) => total + cohort.count, 0);

  const advance = (t: number): void => {
    now = t;
    while (starting[0] !== undefined && starting[0].until <= t) {
      came(starting[0].count);
      fresh.push({ count: starting[0].count, since: t });
      starting = starting.slice(1);
    }
    if (failed.length > 0) {
      came(sum(failed.filter((cohort) => cohort.until <= t)));
      failed = failed.filter((cohort) => cohort.until > t);
    }
    if (stopping.length > 0) stopping = stopping.filter((cohort) => cohort.until > t);
  };

  const resize = (size: number): number => {
    if (size > wanted) {
      const count = size - wanted;
      wanted = size;
      if (startupSeconds > 0) starting.push({ count, until: now + startupSeconds });
      else came(count);
      return 0;
    }
    let surplus = wanted - size;
    wanted = size;
    if (surplus > 0 && shutdownSeconds > 0) stopping.push({ count: surplus, until: now + shutdownSeconds });
    surplus -= takeFromEnd(starting, surplus);
    surplus -= takeFromEnd(failed, surplus);
    ready -= surplus;
    takeFromEnd(rising, surplus);
    return surplus;
  };

  return {
    wanted: () => wanted,
    ready: () => ready,
    starting: () => (starting.length === 0 ? 0 : sum(starting)),
    failed: () => (failed.length === 0 ? 0 : sum(failed)),
    readyFor: (seconds) => {
      if (fresh.length === 0) return 0;
      if (now - (fresh[0]?.since ?? now) >= seconds) fresh = fresh.filter((cohort) => now - cohort.since < seconds);
      return Math.min(ready, sum(fresh));
    },
    rising: () => {
      if (rising.length === 0) return rising;
      rising = rising.filter((cohort) => now - cohort.since < slowStartSeconds);
      takeFromEnd(rising, sum(rising) - ready);
      return rising;
    },
    startsWithin: () => Math.max(0, (starting.at(-1)?.until ?? now) - now),
    advance,
    resize,
    fail: (count, until) => {
      const hit = Math.min(count, ready);
      ready -= hit;
      if (hit > 0) failed.push({ count: hit, until });
      return hit;
    },
    memberSeconds: (seconds) => {
      let stopped = 0;
      for (const cohort of stopping) stopped += cohort.count * Math.min(seconds, cohort.until - now);
      return wanted * seconds + stopped;
    },
  };
}

/** Takes up to `count` members from the youngest cohorts; returns how many were taken. */
function takeFromEnd<C extends { readonly count: number }>(cohorts: C[], count: number): number {
  let taken = 0;
  while (taken < count) {
    const last = cohorts.pop();
    if (last === undefined) break;
    const part = Math.min(last.count, count - taken);
    taken += part;
    if (part < last.count) cohorts.push({ ...last, count: last.count - part });
  }
  return taken;
}
