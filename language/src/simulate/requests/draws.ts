/** Times between arrivals and amounts of work: random numbers of mean 1 with a given coefficient of variation. */
import type { Random } from "../random.ts";

/** Draws of mean 1 in batches: what a run asks for millions of times is read from an array. */
export class Draws {
  readonly #draw: () => number;
  readonly #values = new Float64Array(512);
  #place = 512;

  /** Gamma distributed with this coefficient of variation: exponential at 1, always 1 at 0. */
  constructor(variation: number, random: Random) {
    this.#draw = drawOf(variation, random);
  }

  next(): number {
    if (this.#place === this.#values.length) this.#fill();
    const value = this.#values[this.#place] ?? 0;
    this.#place += 1;
    return value;
  }

  #fill(): void {
    this.#place = 0;
    for (let index = 0; index < this.#values.length; index++) this.#values[index] = this.#draw();
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

function drawOf(variation: number, random: Random): () => number {
  if (variation === 0) return () => 1;
  if (variation === 1) return () => drawExponential(random);
  const shape = 1 / (variation * variation);
  return shape >= 1 ? gammaSource(shape, 1 / shape, random) : smallGammaSource(shape, random);
}

/**
 * Exponential of mean 1 by a ziggurat of 256 layers on one draw of 32 bits: the low 8 choose the layer, the others the place in it. The tables hold single-precision
 * numbers, so that the last bit of a platform's exponential cannot show.
 * Source: G. Marsaglia, W. W. Tsang, Journal of Statistical Software 5 (2000) no. 8.
 */
function drawExponential({ bits, uniform }: Random): number {
  for (;;) {
    const drawn = bits();
    const layer = drawn & 255;
    const at = drawn >>> 8;
    const x = at * (widths[layer] ?? 0);
    if (at < (inside[layer] ?? 0)) return x;
    if (layer === 0) return lastEdge - Math.fround(Math.log(1 - uniform()));
    const outer = heights[layer] ?? 0;
    const inner = heights[layer + 1] ?? 1;
    if (outer + uniform() * (inner - outer) < Math.exp(-x)) return x;
  }
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
