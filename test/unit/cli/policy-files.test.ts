import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createImportHost } from "../../../cli/src/import-host.ts";
import { readPolicies } from "../../../cli/src/policy-files.ts";
import type { PolicyFiles } from "../../../cli/src/policy-files.ts";
import { decodeText } from "../../../server/src/text-file.ts";
import { makeFolder } from "../../helpers/run-cli.ts";

function problemOf(read: object): string {
  return "problem" in read ? String(read.problem) : "";
}

describe("reading policies", () => {
  let folder: ReturnType<typeof makeFolder>;
  afterEach(() => folder.remove());

  function read(paths: readonly string[]): Promise<PolicyFiles> {
    return readPolicies(paths, "check", {
      out: () => undefined, err: () => undefined, readInput: () => Promise.resolve({ text: "", hasByteOrderMark: false }),
      outIsTerminal: false, errIsTerminal: false, columns: 80, folder: folder.path, environment: {},
    });
  }

  it("takes all policies below a folder in order, node_modules and dot folders left out, links not followed", async () => {
    folder = makeFolder({
      "b.lbpolicy": "", "a/z.lbpolicy": "", "a/B.lbpolicy": "", "a/note.txt": "", "node_modules/m.lbpolicy": "", ".git/g.lbpolicy": "", "a/.x/h.lbpolicy": "",
    });
    symlinkSync(folder.path, join(folder.path, "a/loop"));
    const { files, problems } = await read(["."]);
    assert.deepEqual(files.map((file) => file.name), ["a/B.lbpolicy", "a/z.lbpolicy", "b.lbpolicy"]);
    assert.deepEqual(problems, []);
  });

  it("takes a file once, however often it is named", async () => {
    folder = makeFolder({ "a.lbpolicy": "" });
    assert.equal((await read(["a.lbpolicy", "./a.lbpolicy", ".", folder.path])).files.length, 1);
  });

  it("takes a byte order mark off and remembers it", async () => {
    folder = makeFolder({ "a.lbpolicy": "\uFEFFbackend" });
    const [file] = (await read(["a.lbpolicy"])).files;
    assert.equal(file?.text, "backend");
    assert.equal(file?.hasByteOrderMark, true);
  });

  it("says in one line what is not a readable file, and reads the others", async () => {
    folder = makeFolder({ "good.lbpolicy": "", "empty/note": "" });
    execFileSync("mkfifo", [join(folder.path, "pipe.lbpolicy")]);
    const { files, problems } = await read(["none.lbpolicy", "empty", "pipe.lbpolicy", "/dev/zero", "good.lbpolicy"]);
    assert.deepEqual(files.map((file) => file.name), ["good.lbpolicy"]);
    assert.deepEqual(problems, [
      "none.lbpolicy does not exist", "empty holds no .lbpolicy file", "pipe.lbpolicy is not a regular file", "/dev/zero is not a regular file",
    ]);
  });
});

describe("UTF-8", () => {
  const cases: readonly (readonly [string, readonly number[], number])[] = [
    ["a lone continuation byte", [0x61, 0x80], 1],
    ["an overlong form", [0xc0, 0xaf], 0],
    ["an overlong form of three bytes", [0x20, 0xe0, 0x9f, 0xbf], 1],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80], 0],
    ["a code point beyond Unicode", [0x61, 0x62, 0xf4, 0x90, 0x80, 0x80], 2],
    ["a sequence that breaks off", [0xe2, 0x82], 0],
    ["Latin-1", [0x47, 0x72, 0xfc, 0xdf, 0x65], 2],
  ];
  for (const [name, bytes, offset] of cases) {
    it(`refuses ${name} with the byte's offset`, () => {
      assert.match(problemOf(decodeText(Uint8Array.from(bytes))), new RegExp(`is not UTF-8: byte 0x[0-9A-F]{2} at offset ${offset} `, "u"));
    });
  }

  it("takes what is well-formed", () => {
    const text = "aé漢😀\u{10FFFF}\u0000";
    assert.deepEqual(decodeText(Buffer.from(text)), { text, hasByteOrderMark: false });
  });

  it("agrees with the platform's decoder on random bytes", () => {
    let state = 1;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647);
    for (let round = 0; round < 3000; round++) {
      const alphabet = [0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
      const bytes = Uint8Array.from({ length: 1 + (next() % 6) }, () => alphabet[next() % alphabet.length] ?? 0);
      const strict = (): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      if ("problem" in decodeText(bytes)) assert.throws(strict, Buffer.from(bytes).toString("hex"));
      else assert.doesNotThrow(strict, Buffer.from(bytes).toString("hex"));
    }
  });

  it("refuses more than 16 MiB without reading it all", () => {
    assert.match(problemOf(decodeText(new Uint8Array(16 * 1024 * 1024 + 1))), /larger than 16 MiB/u);
    assert.ok(!("problem" in decodeText(new Uint8Array(16 * 1024 * 1024))));
  });
});

describe("imports", () => {
  let folder: ReturnType<typeof makeFolder>;
  afterEach(() => folder.remove());

  function host(root = folder.path): ReturnType<typeof createImportHost> {
    return createImportHost({ root, folder: folder.path, entry: { name: "p/main.lbpolicy", path: join(folder.path, "p/main.lbpolicy") } });
  }

  it("are relative to the importing file, transitively", () => {
    folder = makeFolder({ "p/main.lbpolicy": "", "common/a.lbpolicy": "A", "common/b.lbpolicy": "B" });
    const imports = host();
    assert.deepEqual(imports.resolve("../common/a.lbpolicy", "p/main.lbpolicy"), { file: "common/a.lbpolicy", text: "A" });
    assert.deepEqual(imports.resolve("b.lbpolicy", "common/a.lbpolicy"), { file: "common/b.lbpolicy", text: "B" });
  });

  it("know a file under one name, by whatever way it is reached", () => {
    folder = makeFolder({ "p/main.lbpolicy": "M", "real.lbpolicy": "R" });
    symlinkSync(join(folder.path, "real.lbpolicy"), join(folder.path, "p/link.lbpolicy"));
    const imports = host();
    assert.deepEqual(imports.resolve("link.lbpolicy", "p/main.lbpolicy"), { file: "real.lbpolicy", text: "R" });
    assert.deepEqual(imports.resolve("../p/main.lbpolicy", "p/main.lbpolicy"), { file: "p/main.lbpolicy", text: "M" });
  });

  it("stay inside the root, also through links", () => {
    folder = makeFolder({ "p/main.lbpolicy": "", "secret.lbpolicy": "S" });
    symlinkSync(join(folder.path, "secret.lbpolicy"), join(folder.path, "p/link.lbpolicy"));
    symlinkSync("loop.lbpolicy", join(folder.path, "p/loop.lbpolicy"));
    const imports = host(join(folder.path, "p"));
    const problem = (path: string): string => problemOf(imports.resolve(path, "p/main.lbpolicy"));
    assert.match(problem("../secret.lbpolicy"), /outside the root/u);
    assert.match(problem("link.lbpolicy"), /outside the root/u);
    assert.match(problem("/etc/passwd"), /absolute/u);
    assert.match(problem("loop.lbpolicy"), /symbolic link/u);
    assert.match(problem("none.lbpolicy"), /does not exist/u);
    assert.match(problem("."), /is a folder/u);
    assert.match(problem("a\0b"), /not a file name/u);
  });
});
