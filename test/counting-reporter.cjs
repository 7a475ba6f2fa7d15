// Mocha's dots, and the counts in the file named by LBPOLICY_TEST_COUNTS. A test that was skipped counts as failed.
const { writeFileSync } = require("node:fs");
const Mocha = require("mocha");

module.exports = class CountingReporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats ?? {};
      if (pending > 0) process.stdout.write(`${pending} skipped, which counts as failed\n`);
      const file = process.env.LBPOLICY_TEST_COUNTS;
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures + pending }));
    });
  }
};
