// Does parsing grow with the text? For each kind of long input the time of 5 MB over that of 2.5 MB, best of five each, taken in turns:
// node --expose-gc bench/parse/linear.mjs (after npm run build). Twice the text in at most 2.5 times the time is the bar. What is left over between
// runs is collected before each, and not counted; what a run itself leaves is.
//
// 21 November 2026, Node 20.20.2, two cores with five other programs on them, best of 3, 2.5 MB → 5 MB in ms:
//   one line 139 → 292 (2.10), one string 31 → 36 (1.17), escapes 57 → 110 (1.94), one comment 16 → 20 (1.19), line comments 36 → 39 (1.10),
//   one list 392 → 952 (2.43), strings in a list 60 → 131 (2.19), declarations 136 → 334 (2.45), closing braces 339 → 677 (2.00, before 1083 → 2068),
//   opening braces 954 → 1766 (1.85), one name 7 → 14 (1.95), digits 27 → 54 (2.02), digits and minus 781 → 1603 (2.05), operators 344 → 506 (1.47),
//   unknown words 768 → 1459 (1.90), stray characters 757 → 2008 (2.65 and, with a longer series, 1.77 to 1.98).
// Repeated: one list 1.93 and 2.51, declarations 1.79 to 2.45, stray characters 1.77 to 2.65. With eight programs on the two cores single rows reach 3 to 6.
// It is the collector that grows faster than the text, for it copies what a run keeps. The profiler's samples of one run each, 2.5 MB → 5 MB in ms, program
// and collector apart: declarations 153 → 293 and 50 → 377, one list 757 → 901 and 342 → 539, closing braces 302 → 436 and 281 → 644,
// stray characters 946 → 1518 and 924 → 2596, digits and minus 551 → 1373 and 306 → 745.
import { parse } from "../../out/language/src/syntax/parse.js";

const rounds = Number(process.argv[2] ?? 5);
const only = process.argv[3];
const small = 2.5e6;
const large = 5e6;

/** @type {readonly (readonly [string, (length: number) => string])[]} */
const kinds = [
  ["one line", (length) => `backend b { ${"server 10.0.0.1:80 weight 2 ".repeat(length / 28)}}`],
  ["one string", (length) => `param x = "${"a ".repeat(length / 2)}"`],
  ["one string of escapes", (length) => `param x = "${"\\\\".repeat(length / 2)}"`],
  ["one comment", (length) => `/*${"* ".repeat(length / 2)}*/`],
  ["line comments", (length) => "// a comment\n".repeat(length / 13)],
  ["one list", (length) => `service s { listen 80 to ${"a, ".repeat(length / 3)}a }`],
  ["one list of strings", (length) => `service s { host ${'"a.example" '.repeat(length / 12)} }`],
  ["declarations", (length) => Array.from({ length: length / 40 }, (_, i) => `backend b${i} { server 10.0.0.1:80 }\n`).join("")],
  ["closing braces", (length) => "}".repeat(length)],
  ["opening braces", (length) => "{".repeat(length)],
  ["one name", (length) => "a".repeat(length)],
  ["digits", (length) => `param x = ${"1".repeat(length)}`],
  ["digits and minus", (length) => "1-".repeat(length / 2)],
  ["operators", (length) => `param x = ${"1 + ".repeat(length / 4)}1`],
  ["unknown words", (length) => `backend b {\n${"  frob x\n".repeat(length / 9)}}`],
  ["stray characters", (length) => "\u00e9 ; ' ".repeat(length / 6)],
];

/** @param {string} text */
function milliseconds(text) {
  globalThis.gc?.();
  const begin = performance.now();
  parse("policy.lbpolicy", text);
  return performance.now() - begin;
}

console.log(`Node ${process.version}; best of ${rounds}, taken in turns${globalThis.gc === undefined ? "; without --expose-gc: garbage of earlier runs counts" : ""}`);
console.log("kind                     2.5 MB ms    5 MB ms   ratio");
let worst = 0;
for (const [what, make] of kinds) {
  if (only !== undefined && what !== only) continue;
  const [short, long] = [make(small), make(large)];
  let [before, after] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    before = Math.min(before, milliseconds(short));
    after = Math.min(after, milliseconds(long));
  }
  worst = Math.max(worst, after / before);
  console.log(`${what.padEnd(22)} ${before.toFixed(1).padStart(11)} ${after.toFixed(1).padStart(10)} ${(after / before).toFixed(2).padStart(7)}`);
}
console.log(`the largest ratio: ${worst.toFixed(2)}`);
