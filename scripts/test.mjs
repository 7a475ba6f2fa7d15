// All tests, on a fresh clone too: node scripts/test.mjs [unit|suite|e2e]…
// The last line is "N passed, N failed". A missing program is installed or named; no test is left out for want of one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const { ensureDebianTools } = await import("./debian-tools.mjs");

const wanted = new Set(process.argv.slice(2).filter((word) => !word.startsWith("-")));
const results = join(root, "test-results");
let passed = 0;
let failed = 0;

/** @param {string} title @param {string[]} command @param {Record<string, string>} [env] */
function run(title, command, env = {}) {
  const started = Date.now();
  console.log(`\n== ${title}`);
  const result = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  console.log(`== ${title}: ${result.status === 0 ? "done" : "FAILED"} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result.status === 0;
}

/** A step that is one test in itself. @param {string} title @param {string[]} command */
function step(title, command) {
  if (run(title, command)) passed++;
  else failed++;
}

/** A runner that leaves its counts in a file. @param {string} title @param {string[]} command @param {string} counts */
function counted(title, command, counts) {
  rmSync(counts, { force: true });
  const fine = run(title, command, { LBPOLICY_TEST_COUNTS: counts });
  if (!existsSync(counts)) {
    failed++;
    console.log(`${title} ended without counting its tests.`);
    return;
  }
  const result = JSON.parse(readFileSync(counts, "utf8"));
  passed += result.passed;
  failed += result.failed;
  if (result.passed + result.failed === 0 || (!fine && result.failed === 0)) failed++;
}

/** @param {string} name */
const chosen = (name) => wanted.size === 0 || wanted.has(name);

mkdirSync(results, { recursive: true });
try {
  ensureDebianTools(["nginx", "libnginx-mod-stream", "haproxy", "openssl", "chromium", "neovim", "fonts-dejavu-core", "fonts-liberation"]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const bin = (/** @type {string} */ name) => join(root, "node_modules", ".bin", name);
step("build", ["scripts/build.mjs"]);
step("lint", [bin("oxlint"), "--deny-warnings"]);
if (chosen("unit")) counted("mocha", [join(root, "node_modules/mocha/bin/mocha.js")], join(results, "unit.json"));
if (chosen("suite") || chosen("e2e")) step("package", ["scripts/package.mjs"]);
const { isEmbeddedSupported } = await import("./vscode-embedded.mjs");
const embedded = isEmbeddedSupported();
if (!embedded) console.log("\nThe embedded VS Code is for Linux on x64: the suite runs in a desktop VS Code, and the tests through the interface do not run here.");
if (chosen("suite")) counted("mocha in the extension host", [embedded ? "scripts/suite.mjs" : "scripts/suite-desktop.mjs"], join(results, "suite.json"));
if (chosen("e2e") && embedded) counted("through the interface of VS Code", [join(root, "node_modules/mocha/bin/mocha.js"), "--config", "test/e2e/.mocharc.json"], join(results, "e2e.json"));

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
