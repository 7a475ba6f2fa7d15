/** What `compile` leaves on disk: the same bytes everywhere, whole files whenever it is killed, and nobody else's file touched. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sampleText } from "../helpers/analyzed.ts";
import { root } from "../helpers/root.ts";
import { makeFolder, runCli, runInFolder } from "../helpers/run-cli.ts";

const program = fileURLToPath(new URL("out/cli/src/main.js", root));
const shop = sampleText("shop");
const names = ["shop.nginx.conf", "shop.haproxy.cfg", "shop.k8s.yaml"];

describe("the files of compile", () => {
  let folder: ReturnType<typeof makeFolder>;
  beforeEach(() => (folder = makeFolder({ "shop.lbpolicy": shop })));
  afterEach(() => folder.remove());
  const read = (of = "out"): readonly string[] => names.map((name) => readFileSync(join(folder.path, of, name), "utf8"));

  it("are the same bytes in other time zones, locales and folders, with a BOM, CRLF and a blank tail", async () => {
    mkdirSync(join(folder.path, "below"));
    await runInFolder(folder.path, ["compile", "shop.lbpolicy", "--target", "all", "--out", "out"]);
    const expected = read();
    for (const [TZ, LC_ALL] of [["Asia/Kathmandu", "de_DE.UTF-8"], ["America/St_Johns", "tr_TR.UTF-8"], ["UTC", "C"]] as const) {
      for (const [cwd, path, out] of [[folder.path, "shop.lbpolicy", "again"], [join(folder.path, "below"), "../shop.lbpolicy", "../again"]] as const) {
        const { status, stderr } = await runCli(["compile", path, "--target", "all", "--out", out], { cwd, environment: { TZ, LC_ALL } });
        assert.equal(status, 0, stderr);
        assert.deepEqual(read("again"), expected);
        rmSync(join(folder.path, "again"), { recursive: true });
      }
    }
    for (const text of [`\ufeff${shop}`, shop.replaceAll("\n", "\r\n"), `${shop}\n\n  \n`]) {
      writeFileSync(join(folder.path, "shop.lbpolicy"), text);
      await runInFolder(folder.path, ["compile", "shop.lbpolicy", "--target", "all", "--out", "again"]);
      assert.deepEqual(read("again"), expected);
    }
  }).timeout(60_000);

  it("are whole, old or new, whenever it is killed; the next run mends the set", async () => {
    const member = (i: number, weight: number): string => `server s${i} 10.0.${i >> 8}.${i & 255}:80 weight ${weight}`;
    const text = (weight: number): string => `backend web {\n${Array.from({ length: 400 }, (_, i) => member(i, weight)).join("\n")}\n}\nservice front { listen 80 to web }\n`;
    const compile = ["compile", "shop.lbpolicy", "--target", "all", "--out", "out"];
    const whole = new Map<string, ReadonlySet<string>>();
    const versions: (readonly string[])[] = [];
    for (const weight of [2, 3]) {
      writeFileSync(join(folder.path, "shop.lbpolicy"), text(weight));
      assert.equal((await runInFolder(folder.path, compile)).status, 0);
      versions.push(read());
    }
    names.forEach((name, i) => whole.set(name, new Set(versions.map((version) => version[i] ?? ""))));
    let killed = 0;
    const started = performance.now();
    await (async () => {
      const child = spawn(process.execPath, [program, ...compile], { cwd: folder.path, stdio: "ignore" });
      await once(child, "exit");
    })();
    const usualMs = performance.now() - started;
    for (let i = 0; i < 40; i++) {
      writeFileSync(join(folder.path, "shop.lbpolicy"), text(2 + (i % 2)));
      const child = spawn(process.execPath, [program, ...compile], { cwd: folder.path, stdio: "ignore" });
      const ended = once(child, "exit");
      // most of the time passes before anything is written: later moments are tried more often
      await delay(usualMs * (0.5 + (0.6 * ((i * 7) % 40)) / 40));
      child.kill("SIGKILL");
      const [, signal] = (await ended) as [number | null, string | null];
      if (signal !== null) killed++;
      for (const name of names) assert.ok(whole.get(name)?.has(readFileSync(join(folder.path, "out", name), "utf8")), `${name} is neither old nor new after run ${i}`);
    }
    assert.ok(killed > 5, `only ${killed} runs were killed`);
    const { status } = await runInFolder(folder.path, compile);
    assert.equal(status, 0);
    assert.ok(versions.some((version) => JSON.stringify(version) === JSON.stringify(read())));
    assert.deepEqual(readdirSync(join(folder.path, "out")).sort(), [...names].sort());
  }).timeout(120_000);

  it("are stale for --check when the policy changes, and not when only the tool's version does", async () => {
    for (const target of ["nginx", "haproxy"]) {
      const check = ["compile", "shop.lbpolicy", "--target", target, "--out", target, "--check"];
      assert.deepEqual([(await runInFolder(folder.path, check)).status, (await runInFolder(folder.path, check)).stdout], [1, `${target}: missing\n`]);
      await runInFolder(folder.path, check.slice(0, -1));
      assert.equal((await runInFolder(folder.path, check)).status, 0);
      const path = join(folder.path, target);
      writeFileSync(path, readFileSync(path, "utf8").replace(/^# Made by lbpolicy .*$/m, "# Made by lbpolicy 99.12.3."));
      assert.equal((await runInFolder(folder.path, check)).status, 0);
      writeFileSync(path, `${readFileSync(path, "utf8")}# edited by hand\n`);
      assert.deepEqual([(await runInFolder(folder.path, check)).status, (await runInFolder(folder.path, check)).stdout], [1, `${target}: stale\n`]);
      writeFileSync(join(folder.path, "shop.lbpolicy"), shop.replace("weight 2", "weight 5"));
      await runInFolder(folder.path, check.slice(0, -1));
      writeFileSync(join(folder.path, "shop.lbpolicy"), shop);
      assert.equal((await runInFolder(folder.path, check)).status, 1);
    }
  });

  it("never replace a file of somebody else's, nor write through a link, unless told so; a link not even then", async () => {
    writeFileSync(join(folder.path, "hand.conf"), "events {}\n");
    const compile = (out: string, ...more: readonly string[]): ReturnType<typeof runInFolder> => runInFolder(folder.path, ["compile", "shop.lbpolicy", "--target", "nginx", "--out", out, ...more]);
    const refused = await compile("hand.conf");
    assert.deepEqual([refused.status, readFileSync(join(folder.path, "hand.conf"), "utf8")], [2, "events {}\n"]);
    assert.match(refused.stderr, /hand\.conf was not generated by lbpolicy/);
    symlinkSync(join(folder.path, "hand.conf"), join(folder.path, "link.conf"));
    assert.equal((await compile("link.conf", "--force")).status, 2);
    assert.ok(lstatSync(join(folder.path, "link.conf")).isSymbolicLink());
    assert.equal(readFileSync(join(folder.path, "hand.conf"), "utf8"), "events {}\n");
    assert.equal((await compile("hand.conf", "--force")).status, 0);
    assert.match(readFileSync(join(folder.path, "hand.conf"), "utf8"), /^# lbpolicy-generated: v1\n/);
  });

  it("change nothing where one of a set is refused", async () => {
    await runInFolder(folder.path, ["compile", "shop.lbpolicy", "--target", "all", "--out", "out"]);
    const before = read();
    writeFileSync(join(folder.path, "out", "shop.k8s.yaml"), "kind: Service\n");
    writeFileSync(join(folder.path, "shop.lbpolicy"), shop.replace("weight 2", "weight 7"));
    assert.equal((await runInFolder(folder.path, ["compile", "shop.lbpolicy", "--target", "all", "--out", "out"])).status, 2);
    assert.deepEqual(read().slice(0, 2), before.slice(0, 2));
    assert.deepEqual(readdirSync(join(folder.path, "out")).sort(), [...names].sort());
  });
});
