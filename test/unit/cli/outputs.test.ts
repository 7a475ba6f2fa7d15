import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../../language/src/index.ts";
import { sampleText } from "../../helpers/analyzed.ts";
import { makeFolder, runInFolder } from "../../helpers/run-cli.ts";
import type { CliResult } from "../../helpers/run-cli.ts";

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

describe("lbpolicy compile", () => {
  afterEach(() => folder?.remove());
  it("writes one target to standard output, byte for byte the same again", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop") });
    const result = await run(["compile", "shop.lbpolicy", "--target", "nginx"]);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /lbpolicy-generated: v1/u);
    assert.match(result.stdout, /10\.0\.0\.11:5000/u);
    assert.equal((await run(["compile", "shop.lbpolicy", "--target", "nginx"])).stdout, result.stdout);
  });

  it("gives the same bytes for a policy with a byte order mark and CRLF", async () => {
    folder = makeFolder({ "a/shop.lbpolicy": sampleText("shop"), "b/shop.lbpolicy": `\uFEFF${sampleText("shop").replaceAll("\n", "\r\n")}\r\n\r\n` });
    for (const target of ["nginx", "haproxy"]) {
      const [plain, marked] = await Promise.all(["a", "b"].map((sub) => runInFolder(join(folder.path, sub), ["compile", "shop.lbpolicy", "--target", target])));
      assert.equal(marked?.stdout, plain?.stdout);
    }
  });

  it("writes a file, and into a folder for all targets", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop") });
    assert.deepEqual(await run(["compile", "shop.lbpolicy", "--target", "haproxy", "--out", "haproxy.cfg"]).then((result) => [result.status, result.stdout]), [0, ""]);
    assert.match(readFileSync(join(folder.path, "haproxy.cfg"), "utf8"), /lbpolicy-generated: v1/u);
    const all = await run(["compile", "shop.lbpolicy", "--target", "all", "--out", "out"]);
    assert.equal(all.status, 0, all.stderr);
    assert.deepEqual(readdirSync(join(folder.path, "out")).sort(), ["shop.haproxy.cfg", "shop.k8s.yaml", "shop.nginx.conf"]);
  });

  it("writes one file per Kubernetes object and a kustomization that lists them", async () => {
    folder = makeFolder({ "ai.lbpolicy": sampleText("ai-gateway") });
    const result = await run(["compile", "ai.lbpolicy", "--target", "kubernetes", "--out", "k8s/"]);
    assert.equal(result.status, 0, result.stderr);
    const names = readdirSync(join(folder.path, "k8s"));
    assert.ok(names.includes("kustomization.yaml") && names.length > 3, names.join(" "));
    const kustomization = readFileSync(join(folder.path, "k8s/kustomization.yaml"), "utf8");
    for (const name of names.filter((each) => each !== "kustomization.yaml")) assert.ok(kustomization.includes(name), name);
  });

  it("does not overwrite what it did not generate unless told to, and follows no link", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop"), "nginx.conf": "# by hand\n", "target.conf": "# lbpolicy-generated: v1\n" });
    assertRefused(await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "nginx.conf"]), /--force overwrites it/u);
    assert.equal(readFileSync(join(folder.path, "nginx.conf"), "utf8"), "# by hand\n");
    assert.equal((await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "nginx.conf", "--force"])).status, 0);
    assert.equal((await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "nginx.conf"])).status, 0, "it is its own now");
    symlinkSync("target.conf", join(folder.path, "link.conf"));
    assertRefused(await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "link.conf", "--force"]), /symbolic link/u);
  });

  it("tells stale files with status 1 and changes none; the tool's version makes nothing stale", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop") });
    const check = ["compile", "shop.lbpolicy", "--target", "nginx", "--out", "nginx.conf", "--check"];
    assert.equal((await run(check)).stdout, "nginx.conf: missing\n");
    assert.ok(!existsSync(join(folder.path, "nginx.conf")));
    await run(check.slice(0, -1));
    assert.equal((await run(check)).status, 0);
    const text = readFileSync(join(folder.path, "nginx.conf"), "utf8");
    writeFileSync(join(folder.path, "nginx.conf"), text.replaceAll(version, "9.9.9"));
    assert.equal((await run(check)).status, 0);
    writeFileSync(join(folder.path, "nginx.conf"), text.replace("weight=2", "weight=3"));
    const stale = await run(check);
    assert.deepEqual([stale.status, stale.stdout], [1, "nginx.conf: stale\n"]);
  });

  it("writes nothing and exits with 1 where the policy has errors", async () => {
    folder = makeFolder({ "a.lbpolicy": unknownStrategy });
    const result = await run(["compile", "a.lbpolicy", "--target", "nginx", "--out", "nginx.conf"]);
    assert.equal(result.status, 1);
    assert.equal(result.stdout, "");
    assert.match(result.stderr, /^a\.lbpolicy:2:11: error LBP2\d{3}/u);
    assert.ok(!existsSync(join(folder.path, "nginx.conf")));
  });

  it("says in one line why a place cannot be written", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop"), file: "" });
    mkdirSync(join(folder.path, "dir"));
    assertRefused(await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "dir"]), /dir is a folder/u);
    assertRefused(await run(["compile", "shop.lbpolicy", "--target", "nginx", "--out", "file/x.conf"]), /a part of its path is not a folder/u);
  });

  it("prints the parity report", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop").replace("algorithm round_robin", "algorithm least_response_time") });
    const result = await run(["compile", "shop.lbpolicy", "--target", "nginx", "--report"]);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stderr, /^place +construct +nginx +HAProxy +Kubernetes\n/mu);
    assert.match(result.stderr, /^shop\.lbpolicy:\d+ +backend shop: algorithm +nearest +nearest +/mu);
    assert.match(result.stderr, /^shop\.lbpolicy:\d+: nginx: .*least_conn/mu);
    assert.match(result.stderr, /^shop\.lbpolicy:\d+: HAProxy: .*leastconn/mu);
    assert.match(result.stderr, /^shop\.lbpolicy:\d+: Kubernetes: /mu);
    assert.doesNotMatch(result.stdout, /Kubernetes/u);
  });
});

describe("lbpolicy simulate", () => {
  afterEach(() => folder?.remove());
  it("draws the day of the gateway: hourly rows, plots, a summary", async () => {
    folder = makeFolder({ "ai.lbpolicy": sampleText("ai-gateway") });
    const result = await run(["simulate", "ai.lbpolicy"]);
    assert.equal(result.status, 0, result.stderr);
    assert.equal(result.stdout.match(/^Mon \d\d:00 /gmu)?.length, 24);
    assert.match(result.stdout, /█/u);
    assert.match(result.stdout, /^peak load factor /mu);
    for (const line of result.stdout.split("\n")) assert.ok(line.length <= 220 && line === line.trimEnd(), line);
  });

  it("gives the JSON of the reference, the same bytes again, six significant digits", async () => {
    folder = makeFolder({ "ai.lbpolicy": sampleText("ai-gateway") });
    const args = ["simulate", "ai.lbpolicy", "--scenario", "busy_day", "--duration", "2h", "--seed", "3", "--format", "json"];
    const result = await run(args);
    assert.equal(result.status, 0, result.stderr);
    const report = JSON.parse(result.stdout) as { backend: string; target: string; seed: number; stepSeconds: number; points: Record<string, number>[]; events: unknown[]; summary: object };
    assert.deepEqual([report.backend, report.target, report.seed, report.stepSeconds, report.points.length >= 480], ["inference", "nginx", 3, 15, true]);
    for (const key of ["t", "arrivalRate", "replicas", "ready", "loadFactor", "responseTime", "p50", "p95", "p99", "queue", "dropped", "cost"]) assert.ok(key in (report.points[0] ?? {}), key);
    for (const [number] of result.stdout.matchAll(/\d+\.\d+/gu)) assert.ok(number.replace(".", "").replace(/^0+/u, "").length <= 6, number);
    assert.equal((await run(args)).stdout, result.stdout);
    assert.notEqual((await run(args.with(args.indexOf("3"), "4"))).stdout, result.stdout);
  });

  it("has null and saturated where no steady value exists", async () => {
    folder = makeFolder();
    const result = await run(["simulate", "-", "--format", "json"], "backend b {\n  demand 200rps\n  server 10.0.0.1:80 capacity 100rps response 1s\n}\n");
    assert.equal(result.status, 0, result.stderr);
    const { points } = JSON.parse(result.stdout) as { points: { saturated?: boolean; loadFactor: number }[] };
    assert.equal(points.length > 0 && points.every((point) => point.saturated === true && point.loadFactor === 2), true);
    assert.doesNotMatch(result.stdout, /NaN|Infinity|undefined/u);
  });

  it("lists the backends to choose from", async () => {
    folder = makeFolder({ "a.lbpolicy": "backend one { demand 1rps server 10.0.0.1:80 }\nbackend two { demand 1rps server 10.0.0.2:80 }\n" });
    assertRefused(await run(["simulate", "a.lbpolicy"]), /--backend one\|two/u);
  });

  it("refuses a policy with errors with their places and status 1", async () => {
    folder = makeFolder({ "a.lbpolicy": unknownStrategy });
    const result = await run(["simulate", "a.lbpolicy"]);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^a\.lbpolicy:2:11: error/u);
  });

  it("writes a file, and overwrites one only when told to", async () => {
    folder = makeFolder({ "shop.lbpolicy": sampleText("shop") });
    const args = ["simulate", "shop.lbpolicy", "--format", "json", "--out", "report.json"];
    assert.equal((await run(args)).status, 0);
    assert.doesNotThrow(() => JSON.parse(readFileSync(join(folder.path, "report.json"), "utf8")));
    assertRefused(await run(args), /exists/u);
    assert.equal((await run([...args, "--force"])).status, 0);
  });
});

describe("lbpolicy fmt", () => {
  afterEach(() => folder?.remove());
  const untidy = "backend   web {\nserver a 10.0.0.1:80\n}\n";

  it("formats in place once, keeps the byte order mark and the mode", async () => {
    folder = makeFolder({ "a.lbpolicy": `\uFEFF${untidy}` });
    assert.equal((await run(["fmt", "."])).status, 0);
    const formatted = readFileSync(join(folder.path, "a.lbpolicy"), "utf8");
    assert.equal(formatted, "\uFEFFbackend web {\n  server a 10.0.0.1:80\n}\n");
    const before = statSync(join(folder.path, "a.lbpolicy")).mtimeMs;
    assert.equal((await run(["fmt", "a.lbpolicy"])).status, 0);
    assert.equal(statSync(join(folder.path, "a.lbpolicy")).mtimeMs, before, "a formatted file is not written again");
  });

  it("lists what is not formatted with --check and status 1", async () => {
    folder = makeFolder({ "a.lbpolicy": untidy, "b.lbpolicy": "backend web {\n  server a 10.0.0.1:80\n}\n" });
    const result = await run(["fmt", ".", "--check"]);
    assert.deepEqual([result.status, result.stdout], [1, "a.lbpolicy\n"]);
    assert.equal(readFileSync(join(folder.path, "a.lbpolicy"), "utf8"), untidy);
  });

  it("writes standard input, and files when told to, to standard output", async () => {
    folder = makeFolder({ "a.lbpolicy": untidy });
    assert.equal((await run(["fmt", "-"], untidy)).stdout, "backend web {\n  server a 10.0.0.1:80\n}\n");
    assert.equal((await run(["fmt", "a.lbpolicy", "--stdout"])).stdout, "backend web {\n  server a 10.0.0.1:80\n}\n");
    assert.equal(readFileSync(join(folder.path, "a.lbpolicy"), "utf8"), untidy);
  });

  it("leaves a file with syntax errors as it is and exits with 1", async () => {
    folder = makeFolder({ "a.lbpolicy": "backend   web {\n" });
    const result = await run(["fmt", "a.lbpolicy"]);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^a\.lbpolicy:\d+:\d+: error LBP1/u);
    assert.equal(readFileSync(join(folder.path, "a.lbpolicy"), "utf8"), "backend   web {\n");
  });
});
