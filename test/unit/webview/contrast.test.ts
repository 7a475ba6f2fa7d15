import assert from "node:assert/strict";
import { contrast, mostLegible, over } from "../../../client/webview/contrast.ts";

const black = { red: 0, green: 0, blue: 0 };
const white = { red: 255, green: 255, blue: 255 };
const rgb = (hex: string): typeof white => ({ red: parseInt(hex.slice(0, 2), 16), green: parseInt(hex.slice(2, 4), 16), blue: parseInt(hex.slice(4, 6), 16) });

describe("legible colours", () => {
  it("measures contrast as WCAG does", () => {
    assert.equal(contrast(black, white), 21);
    assert.equal(contrast(white, white), 1);
    // 4.54, the published figure for the lightest grey that passes AA on white
    assert.ok(Math.abs(contrast(rgb("767676"), white) - 4.54) < 0.01);
  });

  it("keeps the theme's colour where it can be seen, else takes the first that can", () => {
    const dark = rgb("1f1f1f");
    assert.deepEqual(mostLegible([rgb("d18616"), rgb("e8a050")], dark), rgb("d18616"));
    assert.deepEqual(mostLegible([rgb("5a2e10"), rgb("e8a050"), rgb("ffffff")], dark), rgb("e8a050"));
  });

  it("takes the best where none has enough contrast", () => {
    assert.deepEqual(mostLegible([rgb("808080"), rgb("8a8a8a")], rgb("777777")), rgb("8a8a8a"));
  });

  it("counts a colour's opacity", () => {
    assert.deepEqual(over(white, 0.5, black), { red: 127.5, green: 127.5, blue: 127.5 });
  });
});
