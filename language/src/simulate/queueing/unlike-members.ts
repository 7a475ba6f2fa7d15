/** A few unlike members of which each request goes to the one with the fewest in flight per weight: the Markov chain of all their numbers in flight. */
import { curveSeconds } from "./curve.ts";
import type { MemberService } from "./member.ts";

/** Where members are equal: `by_weight` as nginx's turns share among equals, `idle_first` as HAProxy holds all idle ones for equal and compares (n + 1)/w of the others. `two_draws` is HAProxy's `random(2)`, the less busy of two that may be the same, of members that are alike but for how often they are drawn. */
export type TieRule = "by_weight" | "idle_first" | "two_draws";

export interface UnlikeMember {
  readonly service: MemberService;
  readonly weight: number;
  /** The part of the draws that falls to it; its weight's without. */
  readonly drawn?: number;
}

/** Means of one member, with exponential service. */
export interface UnlikeFigures {
  readonly ratePerSecond: number;
  readonly inService: number;
  readonly waiting: number;
  /** Of the requests that come to it. */
  readonly waitProbability: number;
}

/** The chain of a pool, solved at whatever rate is asked for. */
export interface UnlikeChain {
  readonly capacityPerSecond: number;
  /** @param ratePerSecond of the pool, above 0 and below its capacity */
  readonly at: (ratePerSecond: number) => readonly UnlikeFigures[];
}

/**
 * The chain of 2 to 4 members, undefined where it would have too many states: with many slots, or weights far apart or not whole.
 *
 * The state is the number in flight at each member, exact up to a total. Beyond it all members are busy and their numbers grow in proportion to the weights (state
 * space collapse): a state with each member's weight more is ρ to the sum of the weights as likely. The totals of the levels follow from the cut between them,
 * λπ(n) = μ(n + 1)π(n + 1); what is left to iterate, by Gauss and Seidel, is how a level is spread over its states, which settles in some tens of rounds.
 * Source: for the collapse, G. J. Foschini, J. Salz, A basic dynamic routing problem and diffusion (1978); for the iteration, W. J. Stewart,
 * Introduction to the Numerical Solution of Markov Chains (1994), ch. 6.
 */
export function unlikeChain(given: readonly UnlikeMember[], ties: TieRule): UnlikeChain | undefined {
  const most = levelsOf(given);
  if (most === undefined) return undefined;
  // Slots that come from a capacity and a time may be off by a rounding error.
  const members = given.map((member) => ({ ...member, service: { ...member.service, slots: Math.round(member.service.slots) } }));
  const count = members.length;
  const states = statesOf(wholeWeights(members), most);
  const { size, inFlight } = states;
  const picks = picksOf(members, ties, states);
  const speeds = members.map(({ service }) => speedsOf(service, most + 1));
  const speedAt = (member: number, n: number): number => speeds[member]?.[n] ?? 0;
  const capacityPerSecond = members.reduce((sum, { service }) => sum + service.capacityPerSecond, 0);
  const leaving = new Float64Array(size);
  for (let state = 0; state < size; state++) {
    for (let i = 0; i < count; i++) leaving[state] = (leaving[state] ?? 0) + speedAt(i, inFlight[state * count + i] ?? 0);
  }
  const fromAbove = new Float64Array(size * count);
  for (let place = 0; place < size * count; place++) fromAbove[place] = speedAt(place % count, (inFlight[place] ?? 0) + 1);
  const chain: Chain = { members, capacityPerSecond, states, picks, leaving, fromAbove, ties };
  return { capacityPerSecond, at: (ratePerSecond) => figuresOf(solved(chain, ratePerSecond), speeds, ratePerSecond, ratePerSecond / capacityPerSecond) };
}

interface Chain {
  readonly members: readonly UnlikeMember[];
  readonly capacityPerSecond: number;
  readonly states: States;
  readonly picks: Float64Array;
  /** Requests per second that end in each state, and that come to it from the state with one more at the member. */
  readonly leaving: Float64Array;
  readonly fromAbove: Float64Array;
  readonly ties: TieRule;
}

/** The chain with the chance of each state, as a multiple of that of the empty one. */
interface SolvedChain extends Chain {
  readonly chances: Float64Array;
}

function figuresOf({ members, states, picks, chances }: SolvedChain, speeds: readonly Float64Array[], ratePerSecond: number, load: number): readonly UnlikeFigures[] {
  const { size, most, levelStart, inFlight } = states;
  const topStart = levelStart[most] ?? 0;
  const top = chances.subarray(topStart).reduce((sum, chance) => sum + chance, 0);
  const beyond = (top * load) / (1 - load);
  const total = chances.reduce((sum, chance) => sum + chance, 0) + beyond;
  const weights = members.reduce((sum, { weight }) => sum + weight, 0);
  return members.map(({ service: { slots, capacityPerSecond: own }, weight }, i) => {
    let inService = 0;
    let number = 0;
    let rate = 0;
    let atOnce = 0;
    let numberAtTop = 0;
    for (let state = 0; state < size; state++) {
      const chance = chances[state] ?? 0;
      const n = inFlight[state * members.length + i] ?? 0;
      number += chance * n;
      inService += chance * Math.min(n, slots);
      rate += chance * (speeds[i]?.[n] ?? 0);
      if (n < slots) atOnce += chance * (picks[state * members.length + i] ?? 0);
      if (state >= topStart) numberAtTop += chance * n;
    }
    // Above the top the mean total is 1/(1 − ρ) more, and grows by weight.
    number += (numberAtTop * load) / (1 - load) + (beyond / (1 - load)) * (weight / weights);
    inService += beyond * slots;
    rate += beyond * own;
    return {
      ratePerSecond: rate / total,
      inService: inService / total,
      waiting: Math.max(0, number - inService) / total,
      waitProbability: Math.min(1, Math.max(0, 1 - (ratePerSecond * atOnce) / rate)),
    };
  });
}

/** A thousand take a millisecond. */
const mostStates = 1500;

/** The total up to which the chain is exact: all slots of all members are busy there, or nearly always. */
function levelsOf(members: readonly UnlikeMember[]): number | undefined {
  if (members.length < 2 || members.length > 4) return undefined;
  let perWeight = 0;
  for (const { service, weight } of members) {
    if (!(weight > 0) || weight % 1 !== 0 || Math.abs(service.slots - Math.round(service.slots)) > 1e-9 || service.slots < 1) return undefined;
    perWeight = Math.max(perWeight, service.slots / weight);
  }
  const least = Math.ceil(members.reduce((sum, { weight }) => sum + weight * perWeight, 0)) + 1;
  if (countOf(members.length, least) > mostStates) return undefined;
  let most = least;
  while (most < mostLevels && countOf(members.length, most + 1) <= enoughStates(members.length)) most += 1;
  return most;
}

const mostLevels = 24;
/** With so many the mean is within 1 % of the chain with four times as many, with four members within 2 %. */
const enoughStates = (members: number): number => (members < 4 ? 600 : 1000);

/** Without the factor that all of them have in common. */
function wholeWeights(members: readonly UnlikeMember[]): readonly number[] {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const common = members.reduce((known, { weight }) => divisor(known, weight), 0);
  return members.map(({ weight }) => weight / common);
}

/** (most + members) over members: the ways to have at most so many in flight. */
function countOf(members: number, most: number): number {
  let ways = 1;
  for (let i = 1; i <= members; i++) ways = (ways * (most + i)) / i;
  return Math.round(ways);
}

interface States {
  readonly members: number;
  readonly most: number;
  readonly size: number;
  /** The first state of each total, and one past the last. */
  readonly levelStart: Int32Array;
  /** For each state and member. */
  readonly inFlight: Int32Array;
  /** The state with one more or less at the member; −1 where there is none. One more than the top's is the state with each member's weight less: as likely but for ρ to their sum. */
  readonly more: Int32Array;
  readonly less: Int32Array;
}

function statesOf(weights: readonly number[], most: number): States {
  const members = weights.length;
  const size = countOf(members, most);
  const inFlight = new Int32Array(size * members);
  const levelStart = new Int32Array(most + 2);
  const radix = most + 1;
  const indexOf = new Int32Array(radix ** members).fill(-1);
  let next = 0;
  const spread = (member: number, left: number, key: number, numbers: number[]): void => {
    if (member === members - 1) {
      numbers[member] = left;
      inFlight.set(numbers, next * members);
      indexOf[key * radix + left] = next++;
      return;
    }
    for (let n = 0; n <= left; n++) {
      numbers[member] = n;
      spread(member + 1, left - n, key * radix + n, numbers);
    }
  };
  for (let level = 0; level <= most; level++) {
    levelStart[level] = next;
    spread(0, level, 0, []);
  }
  levelStart[most + 1] = next;
  const more = new Int32Array(size * members).fill(-1);
  const less = new Int32Array(size * members).fill(-1);
  const weightKey = weights.reduce((key, weight) => key * radix + weight, 0);
  for (let state = 0; state < size; state++) {
    let key = 0;
    let sum = 0;
    for (let i = 0; i < members; i++) {
      const n = inFlight[state * members + i] ?? 0;
      key = key * radix + n;
      sum += n;
    }
    const shift = sum === most ? weightKey : 0;
    for (let i = 0; i < members; i++) {
      if (sum === most && !weights.every((weight, j) => (inFlight[state * members + j] ?? 0) + (i === j ? 1 : 0) >= weight)) continue;
      const above = indexOf[key + radix ** (members - 1 - i) - shift] ?? -1;
      more[state * members + i] = above;
      if (sum < most) less[above * members + i] = state;
    }
  }
  return { members, most, size, levelStart, inFlight, more, less };
}

/** The part of the requests that each member gets in each state. */
function picksOf(members: readonly UnlikeMember[], ties: TieRule, { size, inFlight, members: count }: States): Float64Array {
  const picks = new Float64Array(size * count);
  if (ties === "two_draws") return drawnPicks(members, picks, size, inFlight);
  for (let state = 0; state < size; state++) {
    let least = Infinity;
    let sum = 0;
    const keys = members.map(({ weight }, i) => {
      const n = inFlight[state * count + i] ?? 0;
      const key = ties === "by_weight" ? n / weight : n === 0 ? 0 : (n + 1) / weight;
      least = Math.min(least, key);
      return key;
    });
    const limit = least * (1 + 1e-9);
    members.forEach(({ weight }, i) => (sum += (keys[i] ?? 0) <= limit ? (ties === "by_weight" ? weight : 1) : 0));
    members.forEach(({ weight }, i) => {
      if ((keys[i] ?? 0) <= limit) picks[state * count + i] = (ties === "by_weight" ? weight : 1) / sum;
    });
  }
  return picks;
}

/** The second draw stays, unless it has more in flight per weight. */
function drawnPicks(members: readonly UnlikeMember[], picks: Float64Array, size: number, inFlight: Int32Array): Float64Array {
  const count = members.length;
  const weights = members.reduce((sum, { weight }) => sum + weight, 0);
  for (let state = 0; state < size; state++) {
    members.forEach((one, i) => {
      members.forEach((two, j) => {
        const isMore = (inFlight[state * count + j] ?? 0) * one.weight > (inFlight[state * count + i] ?? 0) * two.weight;
        const place = state * count + (isMore ? i : j);
        picks[place] = (picks[place] ?? 0) + (one.drawn ?? one.weight / weights) * (two.drawn ?? two.weight / weights);
      });
    });
  }
  return picks;
}

/** Requests per second that end at a member with 0, 1, 2 … in flight. */
function speedsOf({ slots, response }: MemberService, most: number): Float64Array {
  return Float64Array.from({ length: most + 1 }, (_, n) => {
    const busy = Math.min(n, slots);
    return busy === 0 ? 0 : busy / curveSeconds(response, busy);
  });
}

/** From the same start for every rate, so that no answer depends on what was asked before. */
function solved(unsolved: Chain, rate: number): SolvedChain {
  const chain: Chain = { ...unsolved, picks: unsolved.picks.slice() };
  const { size } = chain.states;
  const chances = new Float64Array(size).fill(1);
  const byMember = new Float64Array(chain.members.length);
  const overTop = (rate / chain.capacityPerSecond) ** wholeWeights(chain.members).reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  for (let round = 0; round < mostRounds; round++) {
    for (let step = 0; step < size; step++) improve(chain, chances, rate, round % 2 === 0 ? step : size - 1 - step, byMember, overTop);
    const mean = levelled(chain, chances, rate);
    if (round % 2 === 0) continue;
    if (Math.abs(mean - before) < 1e-7 * mean) break;
    before = mean;
  }
  return { ...chain, chances };
}

const mostRounds = 300;

/** What flows into the state in balance with what flows out of it. */
function improve({ states, picks, leaving, fromAbove, ties }: Chain, chances: Float64Array, rate: number, state: number, byMember: Float64Array, overTop: number): void {
  const { members, more, less, levelStart, most } = states;
  const first = state * members;
  const thinned = state < (levelStart[most] ?? 0) ? 1 : overTop;
  let inflow = 0;
  for (let i = 0; i < members; i++) {
    const below = less[first + i] ?? -1;
    const above = more[first + i] ?? -1;
    const change =
      (below < 0 ? 0 : rate * (picks[below * members + i] ?? 0) * (chances[below] ?? 0)) + (above < 0 ? 0 : (fromAbove[first + i] ?? 0) * thinned * (chances[above] ?? 0));
    byMember[i] = change;
    inflow += change;
  }
  chances[state] = inflow / ((leaving[state] ?? 0) + rate);
  if (ties === "idle_first") inTheirOrder(picks, first, members, byMember, inflow);
}

/** HAProxy takes equals in the order in which they came there: the one that changed last is the last; of the others each is as likely. */
function inTheirOrder(picks: Float64Array, first: number, members: number, byMember: Float64Array, inflow: number): void {
  let equals = 0;
  let byEquals = 0;
  for (let i = 0; i < members; i++) {
    if ((picks[first + i] ?? 0) === 0) continue;
    equals += 1;
    byEquals += byMember[i] ?? 0;
  }
  if (equals < 2 || !(inflow > 0)) return;
  for (let i = 0; i < members; i++) {
    if ((picks[first + i] ?? 0) === 0) continue;
    // Never nothing, which would mean that it is none of the equals.
    picks[first + i] = Math.max(1e-12, ((byEquals - (byMember[i] ?? 0)) / (equals - 1) + (inflow - byEquals) / equals) / inflow);
  }
}

/** Sets the totals of the levels by the cuts between them. @returns their mean */
function levelled({ states: { most, levelStart }, leaving }: Chain, chances: Float64Array, rate: number): number {
  let total = 1;
  let all = 0;
  let number = 0;
  for (let level = 0; level <= most; level++) {
    const to = levelStart[level + 1] ?? 0;
    let sum = 0;
    let ending = 0;
    for (let state = levelStart[level] ?? 0; state < to; state++) {
      sum += chances[state] ?? 0;
      ending += (chances[state] ?? 0) * (leaving[state] ?? 0);
    }
    if (level > 0) total *= (rate * sum) / ending;
    const factor = total / sum;
    all += total;
    number += level * total;
    for (let state = levelStart[level] ?? 0; state < to; state++) chances[state] = (chances[state] ?? 0) * factor;
  }
  return number / all;
}
