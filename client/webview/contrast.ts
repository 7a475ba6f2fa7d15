/** Keeping lines legible in themes whose chart colours are not: a colour too near to the background is exchanged. */
export interface Rgb {
  /** 0 to 255. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** What WCAG 2.1 asks of graphics (success criterion 1.4.11). */
export const leastContrast = 3;

/** From 1 to 21, as WCAG 2.1 defines it from the relative luminance of both. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The first of the candidates with enough contrast to the background, else the one with the most. */
export function mostLegible<C extends Rgb>(candidates: readonly [C, ...C[]], background: Rgb): C {
  const enough = candidates.find((each) => contrast(each, background) >= leastContrast);
  return enough ?? candidates.reduce((best, each) => (contrast(each, background) > contrast(best, background) ? each : best));
}

/** `colour` at its opacity (0 to 1) over a background. */
export function over(colour: Rgb, opacity: number, background: Rgb): Rgb {
  const mix = (front: number, back: number): number => front * opacity + back * (1 - opacity);
  return { red: mix(colour.red, background.red), green: mix(colour.green, background.green), blue: mix(colour.blue, background.blue) };
}

function luminance({ red, green, blue }: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
