/** Making elements. Text always goes in as text, never as markup. */
export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, options: ElementOptions = {}, ...children: readonly Node[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (options.class !== undefined) node.className = options.class;
  if (options.text !== undefined) node.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets the text only where it differs, so that assistive technology is told of changes alone. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Words for assistive technology, unseen. */
export function hidden(text: string): HTMLElement {
  return element("span", { class: "visually-hidden", text });
}

export interface LineStyle {
  readonly className: string;
  readonly dash: readonly number[];
  readonly shape: "line" | "area" | "band" | "rise-and-fall";
}

/** A sample of a line for a legend: its dash pattern as in the plot, its colour through the class. */
export function swatch(style: LineStyle): SVGSVGElement {
  const svg = svgElement("svg", { class: `swatch ${style.className}`, viewBox: "0 0 22 10", width: "22", height: "10", "aria-hidden": "true" });
  if (style.shape === "area" || style.shape === "band") svg.append(svgElement("rect", { class: "swatch-fill", x: "0", y: style.shape === "band" ? "1" : "3", width: "22", height: style.shape === "band" ? "8" : "7" }));
  if (style.shape === "rise-and-fall") {
    svg.append(svgElement("path", { class: "swatch-rise", d: "M1 9 L5.5 1 L10 9 Z" }), svgElement("path", { class: "swatch-fall", d: "M12 1 L21 1 L16.5 9 Z" }));
  } else if (style.shape !== "band") {
    svg.append(svgElement("line", { class: "swatch-line", x1: "0", x2: "22", y1: style.shape === "area" ? "3" : "5", y2: style.shape === "area" ? "3" : "5", "stroke-dasharray": style.dash.join(" ") }));
  }
  return svg;
}

function svgElement<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string>>): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
