/** At most six significant digits in every number; whole numbers as they are. For `JSON.stringify`. */
export function sixDigits(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
