import assert from "node:assert/strict";
import { analyze, inlayHints } from "../../../language/src/index.ts";
import { referencePool, sampleText } from "../../helpers/analyzed.ts";

/** Each hint behind the part of its line that it stands at. */
function hintsOf(text: string): readonly string[] {
  return inlayHints(analyze({ file: "test.lbpolicy", text }), { start: 0, end: text.length }).map((hint) => {
    const lineStart = text.lastIndexOf("\n", hint.offset - 1) + 1;
    return `${text.slice(lineStart, hint.offset).trim()} ← ${hint.label}`;
  });
}

describe("inlay hints", () => {
  // The reference, "The formulas": weights 2:1:1 are 50/25/25 %; 1000 of 1200 rps are a load of 0.833; times nearly unloaded.
  it("say share, load factor and response time of each server of the shop", () => {
    assert.deepEqual(hintsOf(sampleText("shop")), [
      "server a 10.0.0.11:5000 weight 2 capacity 600rps response 2s ← 50 % · load 0.83 · 2.0 s",
      "server b 10.0.0.12:5000 weight 1 capacity 300rps response 3s ← 25 % · load 0.83 · 3.0 s",
      "server c 10.0.0.13:5000 weight 1 capacity 300rps response 4s ← 25 % · load 0.83 · 4.0 s",
    ]);
  });

  // 24 / 1.6 s = 15 rps per member; ⌈1100 / (15 · 0.7)⌉ = 105.
  it("say how many members an elastic pool needs at the peak of its traffic", () => {
    assert.deepEqual(hintsOf(referencePool), ["scale 2..120 ← 105 members at 1100/s"]);
  });

  it("say of a curve the time under load: 200ms at 1, 900ms at 32 takes 459 ms at 25 rps", () => {
    assert.deepEqual(hintsOf("backend b {\n  demand 25rps\n  server 10.0.0.1:80 response 200ms at 1, 900ms at 32\n}\n"), [
      "server 10.0.0.1:80 response 200ms at 1, 900ms at 32 ← 100 % · load 0.70 · 459 ms",
    ]);
  });

  it("say that a server is saturated, and by how much its queue grows, never a time", () => {
    assert.deepEqual(hintsOf("backend b {\n  demand 120rps\n  server 10.0.0.1:80 capacity 100rps response 1s\n}\n"), [
      "server 10.0.0.1:80 capacity 100rps response 1s ← 100 % · load 1.20 · saturated, queue +20/s",
    ]);
  });

  it("say only the share without a demand, and the load without response times", () => {
    assert.deepEqual(hintsOf("backend b {\n  server 10.0.0.1:80 weight 3\n  server 10.0.0.2:80\n}\n").map((hint) => hint.split(" ← ")[1]), ["75 %", "25 %"]);
    assert.deepEqual(hintsOf("backend b {\n  demand 40rps\n  server 10.0.0.1:80 capacity 100rps\n}\n").map((hint) => hint.split(" ← ")[1]), ["100 % · load 0.40"]);
  });

  it("leave out servers that take no traffic", () => {
    assert.deepEqual(hintsOf("backend b {\n  server 10.0.0.1:80\n  server 10.0.0.2:80 backup\n  server 10.0.0.3:80 down\n  server 10.0.0.4:80 drain\n}\n"), ["server 10.0.0.1:80 ← 100 %"]);
  });

  it("say when a pool needs more than it may have", () => {
    assert.deepEqual(hintsOf("backend b {\n  demand 1000rps\n  replica capacity 100rps\n  scale 1..4\n}\n"), ["scale 1..4 ← 10 members at 1000/s, 4 at most"]);
  });

  it("show the formula with its figures", () => {
    const text = sampleText("shop");
    const [first] = inlayHints(analyze({ file: "test.lbpolicy", text }), { start: 0, end: text.length });
    assert.match(first?.tooltip ?? "", /w \/ Σ w = 2 \/ 4 = \*\*50 %\*\*/u);
    assert.match(first?.tooltip ?? "", /0\.5·1000 \/ 600 = \*\*0\.833\*\*/u);
  });

  it("answer for a part of the document", () => {
    const text = sampleText("shop");
    const analysis = analyze({ file: "test.lbpolicy", text });
    const start = text.indexOf("server b");
    assert.deepEqual(inlayHints(analysis, { start, end: text.indexOf("server c") }).map((hint) => hint.label), ["25 % · load 0.83 · 3.0 s"]);
  });

  it("do not fail on any prefix of the samples", () => {
    for (const name of ["shop", "ai-gateway"] as const) {
      const text = sampleText(name);
      for (let end = 0; end <= text.length; end += 7) assert.doesNotThrow(() => hintsOf(text.slice(0, end)));
    }
  });
});
