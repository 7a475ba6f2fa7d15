import assert from "node:assert/strict";
import { createAcls } from "../../../language/src/compile/haproxy/conditions.ts";
import { printSections } from "../../../language/src/compile/haproxy/sections.ts";
import { isSampleArgument, logFormat, sample, word, words } from "../../../language/src/compile/haproxy/words.ts";
import { somewhere } from "../../helpers/policy-parts.ts";

describe("HAProxy words", () => {
  it("leave plain words as they are and quote the rest in single quotes", () => {
    assert.deepEqual(["10.0.0.1:80", "random(2)", "a,b"].map(word), ["10.0.0.1:80", "random(2)", "a,b"]);
    assert.deepEqual(["", "a b", "#", "$HOME", "\\", '"', "é"].map(word), ["''", "'a b'", "'#'", "'$HOME'", "'\\'", "'\"'", "'é'"]);
  });

  it("step out of the quotes for a single quote", () => {
    assert.equal(word("a'b"), "'a'\\''b'");
  });

  it("double percent signs in log formats, and only there", () => {
    assert.equal(logFormat("100%"), "100%%");
    assert.equal(logFormat("%[env(HOME)]"), "%%[env(HOME)]");
    assert.equal(logFormat("a", { sample: sample("src") }), "a%[src]");
    assert.equal(word("100%"), "100%");
  });

  it("let nothing into a sample that could end it", () => {
    for (const text of ["a)", "a,b", 'a"', "a\\", "a b", "a'"]) {
      assert.ok(!isSampleArgument(text), text);
      assert.throws(() => sample("req.hdr", [text]), RangeError);
    }
    assert.equal(sample("req.hdr", ["x-user"], ["sha2(256)"]), "req.hdr(x-user),sha2(256)");
  });

  it("keep to 64 words a line, however long a list", () => {
    const acls = createAcls();
    const hosts = Array.from({ length: 173 }, (_, i) => `h${i}.example.com`);
    assert.deepEqual(acls.acl("host.a", sample("req.hdr", ["host"]), "-i -m str", hosts, somewhere()), ["host.a"]);
    const lines = printSections([{ title: words("frontend f"), comment: undefined, lines: acls.lines(), origin: undefined }]).map((line) => line.text.trim()).filter((text) => text.startsWith("acl"));
    assert.deepEqual(lines.map((line) => line.split(" ").length <= 64), [true, true, true, true]);
    assert.deepEqual(lines.flatMap((line) => line.split(" -- ")[1]?.split(" ") ?? []), hosts);
  });
});
