/** The colours of the editor's theme, for what is drawn on a canvas; style sheets read the same variables themselves. */
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

/** `--panel-*` are set by panel.css from the theme's tokens, with a fallback for each. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (name: string): string => style.getPropertyValue(`--panel-${name}`).trim() || style.color;
  return {
    blue: color("blue"), green: color("green"), orange: color("orange"), red: color("red"), purple: color("purple"),
    text: color("text"), muted: color("muted"), grid: color("grid"), background: color("background"),
    font: `11px ${style.fontFamily}`,
  };
}

/** Calls back after the theme changed: the editor then exchanges the classes of the body and the variables of the root. */
export function watchTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-kind", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
}

/** A canvas colour at part opacity, for bands under curves; falls back to the colour where it cannot be mixed. */
export function withOpacity(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(opacity * 100)}%, transparent)`;
}
