import assert from "node:assert/strict";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../../cli/src/terminal.ts";
import { interrupted, leftBehind, writeFiles } from "../../../cli/src/write-files.ts";
import { makeFolder } from "../../helpers/run-cli.ts";

const mark = "lbpolicy-generated: v1";
const marked = { kind: "marked", mark } as const;

describe("writing outputs", () => {
  let folder: ReturnType<typeof makeFolder>;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  it("writes files into folders that are not there yet and leaves nothing else", () => {
    writeFiles([{ path: join(folder.path, "a/b/one"), text: "1" }, { path: join(folder.path, "a/b/two"), text: "2" }], marked);
    assert.deepEqual(readdirSync(join(folder.path, "a/b")).sort(), ["one", "two"]);
    assert.equal(readFileSync(join(folder.path, "a/b/two"), "utf8"), "2");
  });

  it("replaces a file with the mark and keeps its mode", () => {
    const path = join(folder.path, "x.conf");
    writeFileSync(path, `# ${mark}\nold\n`);
    chmodSync(path, 0o640);
    writeFiles([{ path, text: "new" }], marked);
    assert.equal(readFileSync(path, "utf8"), "new");
    assert.equal(statSync(path).mode & 0o777, 0o640);
  });

  it("changes no file of a set of which one may not be replaced", () => {
    const ours = join(folder.path, "ours");
    const theirs = join(folder.path, "theirs");
    writeFileSync(ours, `# ${mark}\nold`);
    writeFileSync(theirs, "by hand");
    assert.throws(() => writeFiles([{ path: ours, text: "new" }, { path: theirs, text: "new" }], marked), Refusal);
    assert.equal(readFileSync(ours, "utf8"), `# ${mark}\nold`);
    assert.equal(readFileSync(theirs, "utf8"), "by hand");
    assert.deepEqual(readdirSync(folder.path).sort(), ["ours", "theirs"]);
  });

  it("changes no file of a set of which one cannot be written", () => {
    const ours = join(folder.path, "ours");
    writeFileSync(ours, mark);
    const tooLong = join(folder.path, "n".repeat(250));
    assert.throws(() => writeFiles([{ path: ours, text: "new" }, { path: tooLong, text: "new" }], marked), Refusal);
    assert.equal(readFileSync(ours, "utf8"), mark);
    assert.deepEqual(readdirSync(folder.path), ["ours"]);
  });

  it("replaces what it did not generate only when told to", () => {
    const path = join(folder.path, "x.conf");
    writeFileSync(path, "by hand");
    assert.throws(() => writeFiles([{ path, text: "new" }], marked), /--force/u);
    writeFiles([{ path, text: "new" }], { kind: "any" });
    assert.equal(readFileSync(path, "utf8"), "new");
    assert.throws(() => writeFiles([{ path, text: "newer" }], { kind: "none" }), /exists/u);
  });

  it("does not write through a symbolic link, whatever it is told", () => {
    const target = join(folder.path, "target");
    const link = join(folder.path, "link");
    writeFileSync(target, mark);
    symlinkSync(target, link);
    assert.throws(() => writeFiles([{ path: link, text: "new" }], { kind: "any" }), /symbolic link/u);
    assert.equal(readFileSync(target, "utf8"), mark);
    assert.ok(lstatSync(link).isSymbolicLink());
  });

  it("does not write through a symbolic link that waits in the place of the temporary file", () => {
    const victim = join(folder.path, "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(folder.path, ".x.conf.lbpolicy-new"));
    writeFiles([{ path: join(folder.path, "x.conf"), text: "new" }], marked);
    assert.equal(readFileSync(victim, "utf8"), "precious");
  });

  it("refuses a folder in the place of a file", () => {
    mkdirSync(join(folder.path, "x.conf"));
    assert.throws(() => writeFiles([{ path: join(folder.path, "x.conf"), text: "" }], { kind: "any" }), /is a folder/u);
  });

  it("recognises what an interrupted run left, and cleans it up with the next", () => {
    const outputs = [{ path: join(folder.path, "a"), text: "1" }, { path: join(folder.path, "b"), text: "2" }];
    assert.deepEqual(interrupted(outputs), []);
    writeFileSync(join(folder.path, ".b.lbpolicy-new"), "half");
    assert.deepEqual(interrupted(outputs), [outputs[1]]);
    writeFiles(outputs, marked);
    assert.deepEqual(interrupted(outputs), []);
    assert.ok(!existsSync(join(folder.path, ".b.lbpolicy-new")));
  });

  it("names generated files that are not part of the outputs any more", () => {
    writeFileSync(join(folder.path, "old.yaml"), `# ${mark}\n`);
    writeFileSync(join(folder.path, "hand.yaml"), "kind: x\n");
    writeFileSync(join(folder.path, "new.yaml"), `# ${mark}\n`);
    assert.deepEqual(leftBehind(folder.path, [{ path: join(folder.path, "new.yaml"), text: "" }], mark), [join(folder.path, "old.yaml")]);
  });
});
