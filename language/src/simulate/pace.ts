/** How far a run is, and whether it shall go on: asked from anywhere in its work. */
import type { SimulationControl } from "./report.ts";

export interface Pace {
  /**
   * Counts work, about a microsecond a unit, and looks from time to time whether the run shall go on.
   * @throws Cancelled where it shall not
   */
  readonly work: (units: number) => void;
  /** Says which share of the run is done, a hundred times at most. */
  readonly reached: (fraction: number) => void;
}

/** Ends a run from within; whoever began it answers `cancelled`. */
export class Cancelled extends Error {}

const unitsPerLook = 2000;

export function paceOf(control: SimulationControl): Pace {
  let left = 0;
  let told = -1;
  return {
    work: (units) => {
      left -= units;
      if (left > 0) return;
      left = unitsPerLook;
      if (control.isCancelled?.() === true) throw new Cancelled();
    },
    reached: (fraction) => {
      const hundredth = Math.floor(fraction * 100);
      if (hundredth <= told) return;
      told = hundredth;
      control.onProgress?.(fraction);
    },
  };
}

/** A part of a run: its 0 … 1 is `from` … `to` of the whole. */
export function partOf(pace: Pace, from: number, to: number): Pace {
  return { work: pace.work, reached: (fraction) => pace.reached(from + fraction * (to - from)) };
}
