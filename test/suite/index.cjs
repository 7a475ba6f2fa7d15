// The entry of the tests that run inside VS Code's extension host, in the browser-hosted and in the desktop VS Code alike.
// The runner names what it needs in the environment, which the extension host inherits:
//   LBPOLICY_SUITE_FILES   the folder of the bundled tests, *.test.cjs
//   LBPOLICY_SUITE_REPORT  where to write {passed, failed, text} as JSON
// The tests are bundled to CommonJS because `vscode` is no module on disk: the extension host gives it to `require` in every
// version, to `import` only in late ones.
const { readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { format } = require("node:util");

exports.run = async function run() {
  const folder = process.env.LBPOLICY_SUITE_FILES;
  const reportPath = process.env.LBPOLICY_SUITE_REPORT;
  if (!folder || !reportPath) throw new Error("Start these tests with scripts/suite.mjs or scripts/suite-desktop.mjs.");
  const { default: Mocha } = await import("mocha");
  const lines = [];
  Mocha.reporters.Base.consoleLog = (...values) => lines.push(format(...values));
  // A skipped or a lone test would hide the others: both are failures.
  const mocha = new Mocha({ color: false, timeout: 20_000, forbidPending: true, forbidOnly: true });
  for (const name of readdirSync(folder).sort()) if (name.endsWith(".test.cjs")) mocha.addFile(join(folder, name));
  const report = await new Promise((resolve) => {
    const runner = mocha.run((failed) => resolve({ passed: runner.stats.passes, failed }));
  });
  writeFileSync(reportPath, JSON.stringify({ ...report, text: lines.join("\n") }));
  if (report.failed > 0) throw new Error(`${report.failed} tests failed in the extension host`);
};
