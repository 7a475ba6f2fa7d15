/** The colours of the editor's theme, for what is drawn on a canvas and for the style sheet. */
import type { Rgb } from "./contrast.ts";
import { mostLegible, over } from "./contrast.ts";

export interface Theme {
  readonly blue: string;
  readonly green: string;
  readonly orange: string;
  readonly red: string;
  readonly purple: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly font: string;
}

export type ThemeColor = Exclude<keyof Theme, "font">;

/** In place of a chart colour that the theme's background swallows: one for dark backgrounds, one for light ones. */
const substitutes = {
  blue: ["#59a4f9", "#0b62c4"],
  green: ["#89d185", "#2b7a27"],
  orange: ["#e8a050", "#a85f00"],
  red: ["#f48771", "#c4180c"],
  purple: ["#c08be6", "#652d90"],
} as const;

/**
 * Reads the theme's tokens (`--theme-*` of panel.css) and sets the chart colours in use (`--panel-*`), which the style sheet then shares.
 * Throws nothing: a colour that cannot be read is exchanged.
 */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const token = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  const background = token("--panel-background");
  const chart = (name: keyof typeof substitutes): string => {
    const chosen = legibleColor([token(`--theme-${name}`), ...substitutes[name]], background);
    document.body.style.setProperty(`--panel-${name}`, chosen);
    return chosen;
  };
  return {
    blue: chart("blue"), green: chart("green"), orange: chart("orange"), red: chart("red"), purple: chart("purple"),
    text: token("--panel-text"), muted: token("--panel-muted"), grid: token("--panel-grid"), background,
    font: `11px ${style.fontFamily}`,
  };
}

/** Calls back after the theme changed: the editor then exchanges the classes of the body and the variables of the root. */
export function watchTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-kind", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
}

/** A colour at part opacity, for the area under a curve. */
export function withOpacity(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(opacity * 100)}%, transparent)`;
}

function legibleColor(names: readonly [string, ...string[]], background: string): string {
  const back = over(...pixel(background), { red: 0, green: 0, blue: 0 });
  const candidates = names.map((name) => ({ name, ...over(...pixel(name), back) }));
  const [first, ...others] = candidates;
  return first === undefined ? names[0] : mostLegible([first, ...others], back).name;
}

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Any CSS colour as its channels and its opacity; transparent black for what is no colour. */
function pixel(color: string): readonly [Rgb, number] {
  const none = [{ red: 0, green: 0, blue: 0 }, 0] as const;
  if (probe === null || !CSS.supports("color", color)) return none;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = probe.getImageData(0, 0, 1, 1).data;
  return [{ red, green, blue }, alpha / 255];
}
