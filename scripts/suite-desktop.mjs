// Runs the same mocha suite in a desktop VS Code: npm run test:desktop [-- <path of the VS Code executable>]
// Without a path it downloads VS Code into .vscode-test/. Where that cannot be done it says so and runs the browser-hosted
// VS Code instead, never nothing.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { prepareSuite } from "./suite-files.mjs";
import { runSuite } from "./suite.mjs";
import { makeTemporaryFolder } from "./temporary-folder.mjs";
import { isEmbeddedSupported } from "./vscode-embedded.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  const executablePath = process.argv[2] ?? (await download());
  const report = executablePath === undefined ? await runInstead() : await runDesktop(executablePath);
  process.stdout.write(`${report.text}\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/** @returns {Promise<string | undefined>} the path of VS Code, undefined when it cannot be downloaded */
async function download() {
  try {
    return await downloadAndUnzipVSCode({ version: "stable", cachePath: join(root, ".vscode-test") });
  } catch (error) {
    process.stderr.write(
      `VS Code cannot be downloaded: ${error instanceof Error ? error.message : error}\n` +
        "Connect to a network that reaches update.code.visualstudio.com, or name an installed VS Code:\n" +
        "  npm run test:desktop -- /path/to/code\n",
    );
    return undefined;
  }
}

async function runInstead() {
  if (!isEmbeddedSupported()) {
    throw new Error("The browser-hosted VS Code, which would be used instead, needs Linux on x64. No test was run.");
  }
  process.stderr.write("Running the same tests in the browser-hosted VS Code instead.\n");
  return runSuite({ root });
}

/** @param {string} vscodeExecutablePath */
async function runDesktop(vscodeExecutablePath) {
  const suite = await prepareSuite({ root });
  const userData = makeTemporaryFolder("desktop");
  /** @type {unknown} */
  let failure;
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: suite.extensionPath,
      extensionTestsPath: suite.testsPath,
      extensionTestsEnv: suite.env,
      launchArgs: [suite.folder, "--disable-extensions", "--disable-workspace-trust", "--user-data-dir", userData.path],
    });
  } catch (error) {
    failure = error; // a failed test too; the report tells which
  }
  const report = suite.finish();
  userData.remove();
  if (failure === undefined || report.failed > 0) {
    return failure === undefined ? report : { ...report, text: `${report.text}\n${failure}` };
  }
  throw failure;
}
