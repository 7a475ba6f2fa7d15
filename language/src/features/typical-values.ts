/** Values to begin with, by what is due; each is within the bounds of its construct. */
import { readNumber } from "../syntax/numbers.ts";
import type { ValueElement, ValueKind } from "../syntax/spec.ts";

const byKind: Readonly<Partial<Record<ValueKind, readonly string[]>>> = {
  count: ["1", "2", "3", "10", "100"],
  "count-or-share": ["1", "4", "10%", "25%", "100%"],
  number: ["0", "0.5", "1"],
  ratio: ["10%", "70%", "80%"],
  quantity: ["70%", "95%"],
  duration: ["1s", "5s", "15s", "30s", "1m", "5m", "1h", "24h"],
  rate: ["50rps", "100rps", "1000rps"],
  demand: ["100rps", "1000rps"],
  size: ["512Mi", "1Gi", "8Gi"],
  "size-range": ["512Mi", "1Gi", "512Mi..1Gi"],
  cpu: ["500m", "1", "2"],
  "cpu-range": ["500m", "1", "500m..1"],
  price: ["$0.10/h", "$2.10/h"],
  factor: ["1.3x", "2x"],
  "bare-factor": ["1.3x", "2x"],
  "bare-ratio": ["10%", "50%", "90%"],
  "count-range": ["2..10", "1..20"],
  curve: ["50ms", "250ms", "2s", "650ms at 1, 1.6s at 24"],
  comparison: ["<", "<=", ">", ">="],
  days: ["mon-fri", "sat, sun", "daily"],
  time: ["00:00", "08:00", "12:00", "20:00"],
  "time-range": ["08:00-20:00"],
  moment: ["12:30", "+10m"],
  "status-range": ["200-399", "200-299", "200"],
  "retry-conditions": ["error", "timeout", "5xx", "502", "503", "504"],
  method: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  "port-or-address": ["80", "443", "8080"],
};

const quotedExample = /"[^"]*"/u;

/** For strings the example of the construct, where it has one. */
export function typicalValues(element: ValueElement): readonly string[] {
  if (element.kind === "text") {
    const example = quotedExample.exec(element.expects ?? "")?.[0];
    return example === undefined ? [] : [example];
  }
  return (byKind[element.kind] ?? []).filter((text) => isWithin(element, text));
}

function isWithin(element: ValueElement, text: string): boolean {
  const value = literalValue(text);
  return value === undefined || ((element.min === undefined || value >= element.min) && (element.max === undefined || value <= element.max));
}

/** Of one literal, in its canonical unit; undefined for anything else. */
function literalValue(text: string): number | undefined {
  if (!/^[\d$]/u.test(text)) return undefined;
  const reading = readNumber(text, 0);
  return reading.image === text ? reading.value : undefined;
}
