// What the runners of the extension-host tests share: the bundled tests, the folder they are run on, the report.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { makeTemporaryFolder } from "./temporary-folder.mjs";

/** @typedef {{readonly passed: number, readonly failed: number, readonly text: string}} SuiteReport text: mocha's own report */

/**
 * @typedef {object} SuiteRun
 * @property {string} extensionPath the extension under test
 * @property {string} testsPath the module that the extension host calls
 * @property {string} folder a copy of the samples, to be opened
 * @property {Readonly<Record<string, string>>} env for the extension host
 * @property {() => SuiteReport} finish reads the report, keeps it as test-results/suite.json and removes the copy
 */

/**
 * Bundles test/suite/*.test.ts and copies the samples.
 * @param {{root: string, extensionPath?: string, suiteDir?: string, filesFrom?: string}} options root: the repository
 * @returns {Promise<SuiteRun>}
 * @throws {Error} when the extension has not been built
 */
export async function prepareSuite({
  root,
  extensionPath = root,
  suiteDir = join(root, "test/suite"),
  filesFrom = join(root, "samples"),
}) {
  const main = join(extensionPath, JSON.parse(readFileSync(join(extensionPath, "package.json"), "utf8")).main);
  if (!existsSync(main)) throw new Error(`${main} is not there: run "npm run build" first.`);
  const home = makeTemporaryFolder("suite");
  const files = join(home.path, "tests");
  const folder = join(home.path, "samples");
  const reportPath = join(home.path, "report.json");
  cpSync(filesFrom, folder, { recursive: true });
  await build({
    entryPoints: readdirSync(suiteDir)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join(suiteDir, name)),
    outdir: files,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: true,
    external: ["vscode"],
    logLevel: "warning",
    absWorkingDir: root,
  });
  return {
    extensionPath,
    testsPath: join(root, "test/suite/index.cjs"),
    folder,
    env: { LBPOLICY_SUITE_FILES: files, LBPOLICY_SUITE_REPORT: reportPath },
    finish: () => {
      const report = withSourcePositions(readReport(reportPath), root);
      home.remove();
      const kept = join(root, "test-results/suite.json");
      mkdirSync(dirname(kept), { recursive: true });
      writeFileSync(kept, JSON.stringify({ passed: report.passed, failed: report.failed }));
      return report;
    },
  };
}

/** @param {string} path @returns {SuiteReport} */
function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, text: "The tests in the extension host did not come to their end." };
  const report = JSON.parse(readFileSync(path, "utf8"));
  if (report.passed + report.failed > 0) return report;
  return { passed: 0, failed: 1, text: `${report.text}\nThere was no test in the extension host.` };
}

/**
 * Names the .ts files in stack traces: the extension host replaces the hook by which Node would do so.
 * @param {SuiteReport} report
 * @param {string} root paths are shown relative to it
 * @returns {SuiteReport}
 */
function withSourcePositions(report, root) {
  const text = report.text.replace(/(\/[^\s():]+\.test\.cjs):(\d+):(\d+)/g, (position, path, line, column) => {
    if (!existsSync(`${path}.map`)) return position;
    const map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, "utf8")));
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!("originalSource" in entry)) return position;
    const source = relative(root, resolve(dirname(path), entry.originalSource));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
  return { ...report, text };
}
