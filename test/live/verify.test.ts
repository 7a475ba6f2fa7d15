import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Remark, VerifiedProgram } from "../../cli/src/verify.ts";
import { verify } from "../../cli/src/verify.ts";
import { Refusal } from "../../cli/src/terminal.ts";
import type { Terminal } from "../../cli/src/terminal.ts";
import { analyze } from "../../language/src/index.ts";
import { arbitraryPolicy } from "../helpers/policy-arbitrary.ts";
import { policyText } from "../helpers/policy-text.ts";
import { makeFolder, runInFolder } from "../helpers/run-cli.ts";

const terminal: Terminal = {
  out: () => undefined, err: () => undefined, readInput: () => Promise.resolve({ problem: "is not here" }), outIsTerminal: false, errIsTerminal: false, columns: 80, folder: tmpdir(), environment: { PATH: process.env["PATH"] },
};
const programs: readonly VerifiedProgram[] = ["nginx", "haproxy"];

const elsewhere = `backend web { server api.nowhere.invalid:443 server 10.0.0.1:443 protocol https tls ca "/nowhere/ca.pem" name "api.internal" certificate "/nowhere/c.pem" key "/nowhere/c.key" }
backend db { server db.nowhere.invalid:5432 protocol tcp }
service site { listen 80 listen 10.9.9.9:443 tls certificate "/nowhere/fullchain.pem" key "/nowhere/privkey.pem" host "a.example.com" redirect https to web metrics 900 }
service six { listen [2001:db8::1]:443 tls certificate "/nowhere/s.crt" key "/nowhere/s.key" host "b.example.com" to web }
service data { listen 5432 to db }
`;

/** A program of the test's own, found before the real one. */
function impostor(program: VerifiedProgram, script: string): { readonly folders: readonly string[]; readonly path: string; readonly remove: () => void } {
  const folder = makeFolder();
  const path = join(folder.path, program);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { folders: [folder.path], path: folder.path, remove: folder.remove };
}

describe("compile --verify", () => {
  for (const program of programs) {
    it(`has ${program} take what names certificates, members and addresses of other machines`, async () => {
      const analysis = analyze({ file: "p.lbpolicy", text: `${elsewhere} target ${program} { }` });
      assert.deepEqual(analysis.refusals, []);
      assert.deepEqual(await verify(analysis, program, terminal), []);
    });

    it(`has ${program} take 40 generated policies`, async () => {
      for (const policy of fc.sample(arbitraryPolicy({ certificate: "/nowhere/x.crt", key: "/nowhere/x.key", authority: "/nowhere/ca.crt" }), { numRuns: 40, seed: 11 })) {
        const analysis = analyze({ file: "p.lbpolicy", text: policyText(policy) });
        if (analysis.diagnostics.some((diagnostic) => diagnostic.severity === "error")) continue;
        assert.deepEqual(await verify(analysis, program, terminal), [], analysis.source.text);
      }
    }).timeout(60_000);

    it(`has ${program} take a part that stands beside a file written by hand`, async () => {
      const emit = program === "nginx" ? "upstreams" : "backends";
      for (const text of ["backend web { server 10.0.0.1:80 }", 'backend pool { workload { image "x:1" port 80 } }', "backend pool { replica address pool.nowhere.invalid:80 }", `backend web { server 10.0.0.1:80 } service s { listen 80 to web } target ${program} { emit ${emit} }`]) {
        assert.deepEqual(await verify(analyze({ file: "p.lbpolicy", text }), program, terminal), []);
      }
    });
  }

  it("tells words of nginx at the policy's line, and that it is older than the policy's target", async () => {
    const text = 'backend web {\n  balance sticky\n  server 10.0.0.1:80\n  server 10.0.0.2:80\n}\nstrategy sticky {\n  affinity cookie "A" ttl 1h\n}\nservice s {\n  listen 8080\n  to web\n}\ntarget nginx {\n  version "1.29.6"\n}\n';
    const folder = makeFolder({ "p.lbpolicy": text });
    try {
      const { status, stderr, stdout } = await runInFolder(folder.path, ["compile", "p.lbpolicy", "--target", "nginx", "--verify", "--out", "nginx.conf"], { environment: { PATH: process.env["PATH"] ?? "" } });
      assert.equal(status, 1, stderr);
      assert.match(stderr, /^p\.lbpolicy:7:3: error: nginx says: unknown directive "sticky"\n {2}7 \| {3}affinity cookie "A" ttl 1h\n/m);
      assert.match(stderr, /^p\.lbpolicy:13:1: warning: nginx says: it is version [\d.]+ here, and the policy is for 1\.29\.6$/m);
      assert.equal(stdout, "");
      assert.ok(!existsSync(join(folder.path, "nginx.conf")));
    } finally {
      folder.remove();
    }
  });

  it("writes the file where the program is content", async () => {
    const folder = makeFolder({ "p.lbpolicy": "backend web { server 10.0.0.1:80 }\nservice s { listen 8080 to web }\n" });
    try {
      for (const program of programs) {
        assert.equal((await runInFolder(folder.path, ["compile", "p.lbpolicy", "--target", program, "--verify", "--out", program], { environment: { PATH: process.env["PATH"] ?? "" } })).status, 0);
        assert.ok(existsSync(join(folder.path, program)));
      }
    } finally {
      folder.remove();
    }
  });

  it("tells words of HAProxy at the policy's line", async () => {
    const analysis = analyze({ file: "p.lbpolicy", text: "backend web {\n  server a 10.0.0.1:80\n}\nservice s { listen 8080 to web }\n" });
    const server = analysis.source.text.indexOf("server a");
    const fake = impostor("haproxy", 'if [ "$1" = -v ]; then echo "HAProxy version 2.6.12"; exit 0; fi\nfor last; do :; done\nline=$(grep -n "server a" "$last" | cut -d: -f1)\necho "[ALERT]    (12) : config : parsing [$last:$line] : \'server a\' : no." >&2; echo "[ALERT]    (12) : config : Error(s) found in configuration file : $last" >&2; exit 1');
    try {
      const remarks = await verify(analysis, "haproxy", terminal, { folders: fake.folders });
      assert.deepEqual(remarks.map(({ program, severity, words, origin }): readonly unknown[] => [program, severity, words, origin?.range.start]), [["haproxy", "error", "'server a' : no.", server]]);
    } finally {
      fake.remove();
    }
  });

  it("says that a program is not installed, with exit status 2 for the command", async () => {
    const analysis = analyze({ file: "p.lbpolicy", text: "backend web { server 10.0.0.1:80 }" });
    for (const folders of [[], [".", "relative"]]) await assert.rejects(verify(analysis, "nginx", terminal, { folders }), (error) => error instanceof Refusal && /nginx, which is not installed here/.test(error.message));
  });

  it("ends a program that gives no verdict, and leaves nothing behind", async () => {
    const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("lbpolicy-verify-"));
    const before = new Set(left());
    const fake = impostor("nginx", "exec sleep 30");
    try {
      await assert.rejects(verify(analyze({ file: "p.lbpolicy", text: "backend web { server 10.0.0.1:80 }" }), "nginx", terminal, { folders: fake.folders, timeLimitMs: 300 }), /gave no verdict within 0\.3 s/);
      assert.deepEqual(left().filter((name) => !before.has(name)), []);
    } finally {
      fake.remove();
    }
  });

  it("gives a program a list of arguments, as they are, and no environment of ours", async () => {
    const fake = impostor("nginx", 'printf "%s\\n" "$@" > "$(dirname "$0")/arguments"; env > "$(dirname "$0")/environment"');
    try {
      const remarks: readonly Remark[] = await verify(analyze({ file: "p.lbpolicy", text: "backend web { server 10.0.0.1:80 }" }), "nginx", terminal, { folders: fake.folders });
      assert.deepEqual(remarks, []);
      assert.deepEqual(readFileSync(join(fake.path, "arguments"), "utf8").split("\n").filter((word) => !word.startsWith(tmpdir())), ["-t", "-e", "stderr", "-p", "-c", "whole.conf", "-g", "pid nginx.pid;", ""]);
      assert.doesNotMatch(readFileSync(join(fake.path, "environment"), "utf8"), /^HOME=/m);
    } finally {
      fake.remove();
    }
  });
});
