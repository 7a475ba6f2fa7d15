import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../../cli/src/command-line.ts";
import { version } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";
import { makeFolder, runCli, runInFolder } from "../../helpers/run-cli.ts";
import type { CliResult } from "../../helpers/run-cli.ts";
import { root } from "../../helpers/root.ts";

const good = "backend web {\n  server a 10.0.0.1:80\n  server b 10.0.0.2:80\n}\n\nservice front {\n  listen 8080\n  to web\n}\n";
const unknownStrategy = "backend web {\n  balance fare\n  server a 10.0.0.1:80\n}\n";

let folder: ReturnType<typeof makeFolder>;

function run(args: readonly string[], input?: string): Promise<CliResult> {
  return runInFolder(folder.path, args, input === undefined ? {} : { input });
}

function assertRefused(result: CliResult, words: RegExp): void {
  assert.equal(result.status, 2, result.stderr);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, words);
  assert.doesNotMatch(result.stderr, /\n\s+at /u);
  assert.equal(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
}

describe("the command line", () => {
  afterEach(() => folder?.remove());
  it("refuses wrong usage with status 2 in one line that points at the help", async () => {
    folder = makeFolder({ "a.lbpolicy": good });
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /a command is missing; see lbpolicy --help/u],
      [["chek"], /there is no command "chek"/u],
      [["import", "a.lbpolicy"], /the command import comes later; what works now: check, compile, simulate, test, fmt/u],
      [["--root", ".", "check"], /the command comes first/u],
      [["check"], /needs the names/u],
      [["check", "--nonsense", "a.lbpolicy"], /--nonsense.*see lbpolicy check --help/u],
      [["check", "a.lbpolicy", "--format", "sarif"], /--format sarif comes later; what works now: text, json/u],
      [["check", "a.lbpolicy", "--format", "github"], /comes later/u],
      [["check", "a.lbpolicy", "--format", "xml"], /--format takes text, json/u],
      [["check", "a.lbpolicy", "--max-warnings", "few"], /takes a whole number/u],
      [["check", "a.lbpolicy", "--target", "apache"], /--target takes nginx, haproxy, kubernetes/u],
      [["check", "a.lbpolicy", "--severity", "LBP2001"], /--severity takes CODE=/u],
      [["check", "a.lbpolicy", "--set", "peak"], /--set takes name=value/u],
      [["check", "a.lbpolicy", "--root", "nowhere"], /--root: nowhere does not exist/u],
      [["check", "a.lbpolicy", "--root", ".", "--root", "."], /--root is given twice/u],
      [["check", "a.lbpolicy", "--color", "red"], /--color takes auto, always, never/u],
      [["check", "-", "-"], /read once/u],
      [["compile", "a.lbpolicy"], /needs --target/u],
      [["compile", "--target", "nginx"], /needs the name of a policy/u],
      [["compile", "a.lbpolicy", "a.lbpolicy", "--target", "nginx"], /takes one policy/u],
      [["compile", "a.lbpolicy", "--target", "kubernetes", "--verify"], /--verify runs nginx or haproxy/u],
      [["compile", "a.lbpolicy", "--target", "all"], /name their folder with --out/u],
      [["compile", "a.lbpolicy", "--target", "nginx", "--check"], /--out/u],
      [["compile", "a.lbpolicy", "--target", "nginx", "--out", "x/"], /one file/u],
      [["simulate", "a.lbpolicy", "--format", "pdf"], /--format takes text, json, csv, svg, html/u],
      [["test", "a.lbpolicy", "--scenario", "nope"], /there is no scenario "nope"/u],
      [["simulate", "a.lbpolicy", "--scenario", "s", "--traffic", "t"], /exclude each other/u],
      [["simulate", "a.lbpolicy", "--duration", "soon"], /takes a duration/u],
      [["simulate", "a.lbpolicy", "--backend", "nope"], /there is no backend "nope"; there is web/u],
      [["simulate", "a.lbpolicy", "--traffic", "nope"], /the policy has none/u],
      [["fmt", "a.lbpolicy", "--check", "--stdout"], /exclude each other/u],
      [["lsp"], /needs --stdio/u],
    ];
    for (const [args, words] of cases) assertRefused(await run(args), words);
  });

  it("has a help with an example for each command, on standard output", async () => {
    folder = makeFolder();
    const overview = await run(["--help"]);
    assert.equal(overview.status, 0);
    for (const command of ["check", "compile", "simulate", "fmt", "lsp"]) {
      assert.match(overview.stdout, new RegExp(`^  ${command} `, "mu"));
      const help = await run([command, "--help"]);
      assert.equal(help.status, 0);
      assert.match(help.stdout, new RegExp(`^Usage: lbpolicy ${command} `, "u"));
      assert.match(help.stdout, new RegExp(`\\nExample: lbpolicy ${command} .*\\n$`, "u"));
      assert.match(help.stdout, /--set NAME=VALUE/u);
    }
  });

  it("tells the version of the package", async () => {
    folder = makeFolder();
    const { version: packaged } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };
    assert.equal(version, packaged);
    assert.equal((await run(["--version"])).stdout, `lbpolicy ${packaged}\n`);
  });

  it("turns a fault of its own into one line and status 2; the stack is for those who ask", async () => {
    const broken = { out: () => { throw new TypeError("broken\npipe"); }, err: (text: string) => void (words += text), readInput: () => Promise.reject(new Error()), outIsTerminal: false, errIsTerminal: false, columns: 80, folder: "/" };
    let words = "";
    assert.equal(await runCommandLine(["--help"], { ...broken, environment: {} }), 2);
    assert.match(words, /^lbpolicy: internal error: broken\\u\{A\}pipe; please report it.*\n$/u);
    words = "";
    await runCommandLine(["--help"], { ...broken, environment: { LBPOLICY_DEBUG: "1" } });
    assert.match(words, /\n\s+at /u);
  });
});

describe("lbpolicy check", () => {
  afterEach(() => folder?.remove());
  it("is silent about a policy without problems", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop"), "ai.lbpolicy": sampleText("ai-gateway") });
    const result = await run(["check", "."]);
    assert.deepEqual(result, { status: 0, stdout: "", stderr: "" });
  });

  it("says path, line, column, severity, code and the place, and exits with 1", async () => {
    folder = makeFolder({ "sub/a.lbpolicy": unknownStrategy });
    const result = await run(["check", "sub/a.lbpolicy"]);
    assert.equal(result.status, 1);
    assert.match(result.stdout, /^sub\/a\.lbpolicy:2:11: error LBP2\d{3}: [^\n]*fare[^\n]*\n {2}2 \| {3}balance fare\n {4}\| {11}\^{4}\n/u);
    assert.equal(result.stderr, "1 error\n");
  });

  it("indents the related places", async () => {
    folder = makeFolder({ "a.lbpolicy": "strategy s { algorithm first }\nstrategy s { algorithm random }\n" });
    assert.match((await run(["check", "a.lbpolicy"])).stdout, /\n {4}a\.lbpolicy:1:10: /u);
  });

  it("gives the JSON of the reference: lines and UTF-16 characters from 0", async () => {
    folder = makeFolder({ "a.lbpolicy": `// 😀\r\n${unknownStrategy}`, "good.lbpolicy": good });
    const result = await run(["check", ".", "--format", "json"]);
    assert.equal(result.status, 1);
    assert.equal(result.stderr, "");
    const report = JSON.parse(result.stdout) as { files: { path: string; diagnostics: Record<string, unknown>[] }[]; summary: object };
    assert.deepEqual(report.files.map((file) => file.path), ["a.lbpolicy", "good.lbpolicy"]);
    assert.deepEqual(report.files[1]?.diagnostics.filter((each) => each["severity"] === "error"), []);
    const [diagnostic] = report.files[0]?.diagnostics.filter((each) => each["severity"] === "error") ?? [];
    assert.deepEqual(Object.keys(diagnostic ?? {}), ["code", "name", "severity", "message", "range", "related", "docs"]);
    assert.deepEqual(diagnostic?.["range"], { start: { line: 2, character: 10 }, end: { line: 2, character: 14 } });
    assert.match(String(diagnostic?.["code"]), /^LBP2\d{3}$/u);
    assert.deepEqual(Object.keys(report.summary), ["errors", "warnings"]);
  });

  it("reads standard input", async () => {
    folder = makeFolder();
    const result = await run(["check", "-"], unknownStrategy);
    assert.equal(result.status, 1);
    assert.match(result.stdout, /^<stdin>:2:11: error/u);
  });

  it("reports a problem of an import once, at its place, however many files import it", async () => {
    folder = makeFolder({ "common.lbpolicy": unknownStrategy, "a.lbpolicy": 'import "common.lbpolicy"\n', "b.lbpolicy": 'import "common.lbpolicy"\n' });
    const { stdout } = await run(["check", "."]);
    assert.equal(stdout.match(/^common\.lbpolicy:2:11: error/gmu)?.length, 1, stdout);
  });

  it("keeps imports inside the root", async () => {
    folder = makeFolder({ "secret.lbpolicy": good, "sub/a.lbpolicy": 'import "../secret.lbpolicy"\n' });
    assert.equal((await run(["check", "sub/a.lbpolicy"])).status, 0, "the working directory is the root");
    const inside = await run(["check", "sub/a.lbpolicy", "--root", "sub"]);
    assert.equal(inside.status, 1);
    assert.match(inside.stdout, /^sub\/a\.lbpolicy:1:\d+: error/u);
  });

  it("reads what it can and exits with 2 where a file cannot be read", async () => {
    folder = makeFolder({ "a.lbpolicy": unknownStrategy, "latin.lbpolicy": Buffer.from("backend b\xfc {", "latin1") });
    const result = await run(["check", "a.lbpolicy", "latin.lbpolicy", "none.lbpolicy"]);
    assert.equal(result.status, 2);
    assert.match(result.stdout, /^a\.lbpolicy:2:11/u);
    assert.match(result.stderr, /^lbpolicy: latin\.lbpolicy is not UTF-8: byte 0xFC at offset 9 /mu);
    assert.match(result.stderr, /^lbpolicy: none\.lbpolicy does not exist$/mu);
  });

  it("changes or silences severities, and counts warnings against a limit", async () => {
    folder = makeFolder({ "a.lbpolicy": unknownStrategy });
    const code = /LBP2\d{3}/u.exec((await run(["check", "a.lbpolicy"])).stdout)?.[0] ?? "";
    assert.equal((await run(["check", "a.lbpolicy", "--severity", `${code}=off`])).status, 0);
    const asWarning = ["check", "a.lbpolicy", "--severity", `${code}=warning`];
    assert.equal((await run(asWarning)).status, 0);
    const limited = await run([...asWarning, "--max-warnings", "0"]);
    assert.equal(limited.status, 1);
    assert.match(limited.stderr, /--max-warnings/u);
  });

  it("checks the declared values and every environment: what arises in one only says which", async () => {
    const text = (staging: string, peak: string): string => `param peak = ${peak}\nenvironment staging {\n  peak = ${staging}\n}\nbackend b {\n  demand 1rps\n  server 10.0.0.1:80 weight peak\n}\n`;
    folder = makeFolder({ "a.lbpolicy": text("1_000", "2"), "b.lbpolicy": text("2", "1_000") });
    const onlyStaging = await run(["check", "a.lbpolicy"]);
    assert.equal(onlyStaging.status, 1);
    assert.match(onlyStaging.stdout, /^a\.lbpolicy:7:\d+: error LBP3\d{3}: .* \(environment staging\)$/mu);
    const { files } = JSON.parse((await run(["check", "a.lbpolicy", "--format", "json"])).stdout) as { files: { diagnostics: { environment?: string }[] }[] };
    assert.deepEqual(files[0]?.diagnostics.map((each) => each.environment), ["staging"]);
    assert.doesNotMatch((await run(["check", "b.lbpolicy"])).stdout, /environment staging\)/u);
    assert.equal((await run(["check", "b.lbpolicy", "--env", "staging"])).status, 0);
  });

  it("has an answer for every damaged text", async () => {
    folder = makeFolder();
    let state = 7;
    const next = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit;
    const pieces = ["{", "}", '"', "/*", "//", "(", ")", ",", "..", "-", "%", "999999999999999999999", "\\", "\u0000", "\u202e", "😀", "\ud800", "server", "scale 0..0", "import \"x\"", "at", "__proto__", "constructor"];
    for (let round = 0; round < 150; round++) {
      let text = sampleText(round % 2 === 0 ? "shop" : "ai-gateway");
      for (let edits = 1 + next(4); edits > 0; edits--) {
        const from = next(text.length);
        text = text.slice(0, from) + (next(2) === 0 ? (pieces[next(pieces.length)] ?? "") : "") + text.slice(from + next(12));
      }
      for (const args of [["check", "-", "--format", "json"], ["check", "-"], ["compile", "-", "--target", "nginx"]]) {
        const result = await run(args, text);
        assert.ok(result.status === 0 || result.status === 1, `${args.join(" ")}: ${result.stderr}\n${text}`);
        assert.doesNotMatch(result.stderr, /internal error/u);
        if (result.status === 1 && args.length === 2) assert.match(result.stdout, /^<stdin>:\d+:\d+: error LBP\d{4}: /mu);
      }
    }
  });

  it("colours only when told to, or on a terminal", async () => {
    folder = makeFolder({ "a.lbpolicy": unknownStrategy });
    assert.ok(!(await run(["check", "a.lbpolicy"])).stdout.includes("\u001b"));
    assert.ok((await run(["check", "a.lbpolicy", "--color", "always"])).stdout.includes("\u001b[1;31merror LBP2"));
  });
});

describe("the program", () => {
  afterEach(() => folder?.remove());
  it("takes standard input, separates results from words, and gives its status to the shell", async () => {
    const result = await runCli(["check", "-"], { input: unknownStrategy });
    assert.equal(result.status, 1);
    assert.match(result.stdout, /^<stdin>:2:11: error/u);
    assert.equal(result.stderr, "1 error\n");
  });

  it("refuses standard input that is not UTF-8", async () => {
    const result = await runCli(["check", "-"], { input: Uint8Array.of(0x61, 0xff) });
    assert.deepEqual([result.status, result.stdout], [2, ""]);
    assert.match(result.stderr, /standard input is not UTF-8: byte 0xFF at offset 1/u);
  });

  it("is quiet when its reader goes away", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("out/cli/src/main.js", root)), "simulate", fileURLToPath(new URL("samples/ai-gateway/policy.lbpolicy", root)), "--format", "json"]);
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const [status] = await once(child, "exit") as [number | null];
    assert.deepEqual([status, words], [0, ""]);
  });
});
