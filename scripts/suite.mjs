// Runs the mocha suite inside the extension host of the browser-hosted VS Code: node scripts/suite.mjs
// Prints mocha's report, keeps {passed, failed} as test-results/suite.json, and ends with 1 when a test failed.
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "./chromium.mjs";
import { prepareSuite } from "./suite-files.mjs";
import { makeTemporaryFolder } from "./temporary-folder.mjs";
import { ensureEmbeddedVsCode, startEmbeddedVsCode, workbenchUrl } from "./vscode-embedded.mjs";

const RUN_TIMEOUT_MS = 180_000;

/**
 * @param {Parameters<typeof prepareSuite>[0] & {log?: (line: string) => unknown}} options
 * @returns {Promise<import("./suite-files.mjs").SuiteReport>}
 * @throws {Error} when VS Code or chromium cannot be had, or the extension has not been built
 */
export async function runSuite(options) {
  const vscode = await ensureEmbeddedVsCode({ root: options.root, ...(options.log && { log: options.log }) });
  const suite = await prepareSuite(options);
  const extensions = makeTemporaryFolder("extensions");
  // Since 1.101 or so VS Code honours the payload of the address only with this flag, which also turns notifications off.
  const server = await startEmbeddedVsCode({
    vscode,
    extensionsDir: extensions.path,
    env: suite.env,
    extraArgs: ["--enable-smoke-test-driver"],
  });
  try {
    const complaint = await openUntilExit(server.url, suite);
    const report = suite.finish();
    return complaint === undefined ? report : { ...report, text: `${report.text}\n${complaint}` };
  } finally {
    await server.stop();
    extensions.remove();
  }
}

/**
 * @param {string} url
 * @param {import("./suite-files.mjs").SuiteRun} suite
 * @returns {Promise<string | undefined>} why the tests did not end, if they did not
 */
async function openUntilExit(url, { folder, extensionPath, testsPath }) {
  const browser = await launchChromium();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const consoleLines = [];
    page.on("console", (message) => consoleLines.push(message.text()));
    /** @type {Promise<number | undefined>} */
    const exited = new Promise((resolve, reject) => {
      timer = setTimeout(() => resolve(undefined), RUN_TIMEOUT_MS);
      page.exposeFunction("codeAutomationLog", () => {}).catch(reject);
      page.exposeFunction("codeAutomationExit", resolve).catch(reject);
    });
    const inWorkbench = (/** @type {string} */ path) => `vscode-remote://${new URL(url).host}${pathToFileURL(path).pathname}`;
    await page.goto(
      workbenchUrl(url, {
        folder,
        payload: [
          ["extensionDevelopmentPath", inWorkbench(extensionPath)],
          ["extensionTestsPath", inWorkbench(testsPath)],
        ],
      }),
    );
    if ((await exited) !== undefined) return undefined;
    return `VS Code did not end the tests within ${RUN_TIMEOUT_MS / 1000} s. Its console ended with:\n${consoleLines.slice(-10).join("\n")}`;
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    const report = await runSuite({ root: fileURLToPath(new URL("..", import.meta.url)) });
    process.stdout.write(`${report.text}\n`);
    process.exitCode = report.failed > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
