/** Regular expressions that mean the same to PCRE, as both balancers use it, and to JavaScript. */

/** Above it PCRE may refuse an expression as too large. */
const mostRepetitions = 255;

/** What stands outside the common part, as a noun phrase; undefined where all is common. The text is an expression of JavaScript's `u` mode. */
export function notInCommon(expression: string): string | undefined {
  if (expression === "") return "an empty text";
  if (/[^ -~]/.test(expression)) return "letters beyond ASCII";
  let inClass = false;
  let repetitions = 1;
  for (let i = 0; i < expression.length; i++) {
    const character = expression.charAt(i);
    const rest = expression.slice(i);
    if (character === "\\") {
      const next = expression.charAt(i + 1);
      if (!/[dDwWsSbB1-9^$\\.*+?()[\]{}|/-]/.test(next)) return `\\${next}`;
      i++;
      continue;
    }
    if (inClass) {
      if (/^\[[:.=]/.test(rest)) return `${rest.slice(0, 2)} in a class`;
      if (character === "]") inClass = false;
      continue;
    }
    if (character === "[") {
      if (/^\[\^?\]/.test(rest)) return "an empty class";
      inClass = true;
    }
    if (/^\(\?<|^\(\?P/.test(rest)) return /^\(\?<[=!]/.test(rest) ? "a look behind" : "a named group";
    const counted = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
    if (counted !== null) {
      repetitions *= Math.max(1, Number(counted[1]), Number(counted[2] ?? 0));
      if (repetitions > mostRepetitions) return `more than ${mostRepetitions} repetitions`;
    }
  }
  return undefined;
}
