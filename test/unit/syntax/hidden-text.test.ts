/** What does not read as it is written is warned about: in every string and comment, and nowhere else. */
import { strict as assert } from "node:assert";
import { parse } from "../../../language/src/syntax/parse.ts";
import { checkInvariants } from "../../helpers/invariants.ts";

function warnings(text: string): readonly string[] {
  checkInvariants(text);
  return parse("test.lbpolicy", text).problems.filter(({ code }) => code === "LBP1025").map(({ range }) => text.slice(range.start, range.end));
}

const places: readonly ((text: string) => string)[] = [(text) => `param x = "a${text}b"`, (text) => `// a${text}b\nparam x = 1`, (text) => `/* a${text}b */ param x = 1`, (text) => `/// a${text}b\nparam x = 1`, (text) => `# a${text}b\n`];

describe("hidden text", () => {
  it("every bidirectional control is warned about", () => {
    for (const code of [0x06_1c, 0x20_0e, 0x20_0f, 0x20_2a, 0x20_2b, 0x20_2c, 0x20_2d, 0x20_2e, 0x20_66, 0x20_67, 0x20_68, 0x20_69]) {
      for (const place of places) assert.deepEqual(warnings(place(String.fromCodePoint(code))), [String.fromCodePoint(code)], code.toString(16));
    }
  });

  it("every invisible character is warned about", () => {
    for (const code of [0x00_ad, 0x03_4f, 0x11_5f, 0x11_60, 0x18_0e, 0x20_0b, 0x20_0c, 0x20_0d, 0x20_60, 0x20_61, 0x20_62, 0x20_63, 0x20_64, 0x31_64, 0xff_a0, 0xfe_0f, 0xe_00_01, 0xe_00_61]) {
      for (const place of places) assert.deepEqual(warnings(place(String.fromCodePoint(code))), [String.fromCodePoint(code)], code.toString(16));
    }
  });

  it("emoji are what they are", () => {
    for (const emoji of ["\u{1F600}", "\u2764\uFE0F", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}", "\u{1F44D}\u{1F3FD}", "1\uFE0F\u20E3", "\u{1F3F3}\uFE0F\u200D\u{1F308}"]) assert.deepEqual(warnings(`param x = "${emoji}" // ${emoji}`), [], emoji);
  });

  it("words that mix scripts with letters that look alike are warned about, words of one script are not", () => {
    assert.deepEqual(warnings('param x = "/\u0430dmin"'), ["\u0430dmin"]);
    assert.deepEqual(warnings('param x = "p\u0430ypal.example \u03BFk"'), ["p\u0430ypal", "\u03BFk"]);
    for (const text of ["администратор", "αβγ", "Größe", "naïve", "日本語", "5 μs", "10 kΩ"]) assert.deepEqual(warnings(`param x = "${text}" // ${text}`), [], text);
  });

  it("outside strings and comments such a character is an error already", () => {
    assert.deepEqual(warnings("param\u200Bx = 1"), []);
    assert.deepEqual(parse("t", "param \u200B x = 1").problems.map(({ code }) => code), ["LBP1012"]);
  });

  it("an escape says what it is", () => {
    assert.deepEqual(warnings('param x = "\\u{202E}"'), []);
  });

  it("columns behind an emoji count UTF-16 units", () => {
    const text = 'param x = "\u{1F600}\u202E"';
    assert.deepEqual(parse("t", text).problems.map(({ range }) => range), [{ start: 13, end: 14 }]);
  });
});
