/** Times between arrivals and amounts of work: random numbers of mean 1 with a given coefficient of variation. */
import { words } from "../random.ts";
import type { Random } from "../random.ts";

/** Draws of mean 1 in batches: what a run asks for millions of times is read from an array. */
export class Draws {
  /** This batch, and how many of it have been used: for a loop that reads them itself. */
  readonly values = new Float64Array(512);
  used = 512;
  readonly #fill: (values: Float64Array) => void;

  /** Gamma distributed with this coefficient of variation: exponential at 1, always 1 at 0. */
  constructor(variation: number, random: Random) {
    this.#fill = fillOf(variation, random);
  }

  next(): number {
    if (this.used === this.values.length) this.renew();
    const value = this.values[this.used] ?? 0;
    this.used += 1;
    return value;
  }

  /** The next batch. */
  renew(): void {
    this.#fill(this.values);
    this.used = 0;
  }
}

/** One source for all members of the same coefficient of variation. */
export function drawsByVariation(variations: readonly number[], random: Random): readonly Draws[] {
  const known = new Map<number, Draws>();
  return variations.map((variation) => {
    const draws = known.get(variation) ?? new Draws(variation, random);
    known.set(variation, draws);
    return draws;
  });
}

function fillOf(variation: number, random: Random): (values: Float64Array) => void {
  if (variation === 0) return (values) => void values.fill(1);
  if (variation === 1) return (values) => fillExponential(values, random.state);
  const shape = 1 / (variation * variation);
  const draw = shape >= 1 ? gammaSource(shape, 1 / shape, random) : smallGammaSource(shape, random);
  return (values) => {
    for (let place = 0; place < values.length; place++) values[place] = draw();
  };
}

/**
 * Exponential of mean 1 by a ziggurat of 256 layers on one draw of 32 bits: the low 8 choose the layer, the others the place in it; a draw that falls outside takes
 * a second one. The tables hold single-precision numbers, so that the last bit of a platform's exponential cannot show. The generator of random.ts is repeated here
 * with its state in variables, twice as fast as a call for each.
 * Source: G. Marsaglia, W. W. Tsang, Journal of Statistical Software 5 (2000) no. 8.
 */
function fillExponential(values: Float64Array, state: Int32Array): void {
  let a = state[words.a] ?? 0;
  let b = state[words.b] ?? 0;
  let c = state[words.c] ?? 0;
  let counter = state[words.counter] ?? 0;
  let filled = 0;
  // Of the draw before where this one is its height; -1 where it is a new one.
  let layer = -1;
  let at = 0;
  while (filled < values.length) {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    if (layer >= 0) {
      const value = within(layer, at, (sum >>> 0) / 0x1_0000_0000);
      layer = -1;
      if (value < 0) continue;
      values[filled] = value;
      filled += 1;
      continue;
    }
    at = sum >>> 8;
    layer = sum & 255;
    if (at >= (inside[layer] ?? 0)) continue;
    values[filled] = at * (widths[layer] ?? 0);
    filled += 1;
    layer = -1;
  }
  state[words.a] = a;
  state[words.b] = b;
  state[words.c] = c;
  state[words.counter] = counter;
}

/** The value of a draw outside the part of its layer that always counts; -1 where it lies above the curve. */
function within(layer: number, at: number, uniform: number): number {
  if (layer === 0) return lastEdge - Math.fround(Math.log(1 - uniform));
  const x = at * (widths[layer] ?? 0);
  const outer = heights[layer] ?? 0;
  return outer + uniform * ((heights[layer + 1] ?? 1) - outer) < Math.exp(-x) ? x : -1;
}

/** Where the tail begins, and the area of each layer, for 256 layers. */
const lastEdge = 7.69711747013104972;
const layerArea = 3.949659822581572e-3;
const places = 2 ** 24;

/** Of each layer its width per place, the places that lie under the curve whatever the height, and the density at its outer edge (at 256: at 0). */
const { widths, inside, heights } = exponentialLayers();

function exponentialLayers(): { readonly widths: Float64Array; readonly inside: Float64Array; readonly heights: Float64Array } {
  const layers = { widths: new Float64Array(256), inside: new Float64Array(256), heights: new Float64Array(257).fill(1) };
  // Layer 0 is the strip below the density at the last edge, its tail counted as if it were part of a rectangle of the same area.
  let outer = layerArea / Math.exp(-lastEdge);
  let inner = lastEdge;
  for (let layer = 0; layer < 256; layer++) {
    layers.widths[layer] = outer / places;
    layers.inside[layer] = Math.floor((inner / outer) * places);
    layers.heights[layer] = Math.exp(-outer);
    outer = inner;
    inner = layer < 254 ? Math.fround(-Math.log(layerArea / outer + Math.exp(-outer))) : 0;
  }
  return layers;
}

/** Shape at least 1. Source: G. Marsaglia, W. W. Tsang, ACM Transactions on Mathematical Software 26 (2000) 363–372. */
function gammaSource(shape: number, scale: number, random: Random): () => number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return () => {
    for (;;) {
      const normal = random.normal();
      const root = 1 + c * normal;
      if (root <= 0) continue;
      const cube = root * root * root;
      if (Math.log(1 - random.uniform()) < 0.5 * normal * normal + d - d * cube + d * Math.log(cube)) return d * cube * scale;
    }
  };
}

/** Shape below 1: one of a shape higher by 1, times a power of a uniform number. */
function smallGammaSource(shape: number, random: Random): () => number {
  const higher = gammaSource(shape + 1, 1 / shape, random);
  return () => higher() * Math.fround(Math.exp(Math.log(1 - random.uniform()) / shape));
}
