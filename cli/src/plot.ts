/** A curve in the block characters of a terminal. */

const eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * `height` lines, the highest first, of at most `width` columns: each column is the largest value of its share of the series, 0 at the bottom and
 * `top` at full height. Values that are not there (`null`) leave their column empty.
 */
export function plot(values: readonly (number | null)[], width: number, height: number, top: number): readonly string[] {
  const columns = largestPerColumn(values, Math.min(width, values.length));
  return Array.from({ length: height }, (_, row) => {
    const floor = height - 1 - row;
    return columns.map((value) => {
      if (value === null || top <= 0) return " ";
      const filled = (Math.min(value, top) / top) * height - floor;
      // A value above 0 is always seen.
      const least = floor === 0 && value > 0 ? 1 : 0;
      return eighths[Math.max(least, Math.min(8, Math.round(filled * 8)))] ?? " ";
    }).join("");
  });
}

function largestPerColumn(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
    let largest: number | null = null;
    for (const value of values.slice(from, to)) {
      if (value !== null && (largest === null || value > largest)) largest = value;
    }
    return largest;
  });
}
