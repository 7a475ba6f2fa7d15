/** Names, quantities and cron expressions as Kubernetes takes them. */
import assert from "node:assert/strict";
import { readCron, readStrictCron, writeField } from "../../../language/src/compile/kubernetes/cron.ts";
import { isLabelKey, isLabelValue, isPortName, isServiceName, kubernetesName } from "../../../language/src/compile/kubernetes/names.ts";
import { decimalQuantity, quantityValue, sizeQuantity } from "../../../language/src/text/kubernetes-quantity.ts";

describe("Kubernetes names", () => {
  it("are the policy's in lower case with - for _", () => {
    assert.equal(kubernetesName("Office_Hours"), "office-hours");
  });

  it("are cut to the longest that is allowed, and two long names stay apart", () => {
    const long = "a".repeat(60);
    const [first, second] = [kubernetesName(`${long}-one`, 52), kubernetesName(`${long}-two`, 52)];
    for (const name of [first, second]) {
      assert.ok(name.length <= 52);
      assert.match(name, /^a+-[0-9a-f]{6}$/);
      assert.ok(isServiceName(name));
    }
    assert.notEqual(first, second);
  });

  it("follow RFC 1035 for Services, the label syntax for labels and IANA for ports", () => {
    assert.ok(isServiceName("a-1") && !isServiceName("1a") && !isServiceName("a-") && !isServiceName("a".repeat(64)));
    assert.ok(isLabelKey("app.kubernetes.io/name") && isLabelKey("a_b") && !isLabelKey("/a") && !isLabelKey("a/b/c") && !isLabelKey("Upper.io/") && !isLabelKey("-a"));
    assert.ok(isLabelValue("") && isLabelValue("1.2-b_C") && !isLabelValue("a b") && !isLabelValue("-a") && !isLabelValue("a".repeat(64)));
    assert.ok(isPortName("http") && isPortName("a-1") && !isPortName("80") && !isPortName("a--b") && !isPortName("abcdefghijklmnop") && !isPortName("A"));
  });
});

describe("quantities", () => {
  it("are written as the API server hands them back", () => {
    const decimals: readonly (readonly [number, string])[] = [[10.5, "10500m"], [0.25, "250m"], [4, "4"], [1000, "1k"], [1500, "1500"], [12e6, "12M"], [0, "0"], [0.0001, "1m"]];
    for (const [value, text] of decimals) assert.equal(decimalQuantity(value), text);
    const sizes: readonly (readonly [number, string])[] = [[16 * 1024 ** 3, "16Gi"], [1536 * 1024 ** 2, "1536Mi"], [10e6, "10M"], [10e9, "10G"], [512, "512"], [1024, "1Ki"], [1000, "1k"], [1.5, "2"]];
    for (const [bytes, text] of sizes) assert.equal(sizeQuantity(bytes), text);
  });

  it("are read with every suffix, and nothing else is", () => {
    const values: readonly (readonly [string, number])[] = [["500m", 0.5], ["2", 2], ["1.5Gi", 1.5 * 1024 ** 3], ["3k", 3000], ["1e3", 1000], ["100n", 1e-7], ["-5", -5], [".5", 0.5]];
    for (const [text, value] of values) assert.equal(quantityValue(text), value);
    for (const text of ["", "10 rps", "10Mb", "250 m", "5KI", "m", "0x10", "1_000"]) assert.equal(quantityValue(text), undefined);
  });
});

describe("cron expressions", () => {
  it("take lists, ranges, steps and names", () => {
    const cron = readCron("*/20 8-10,20 1 jan-mar mon,sun");
    assert.ok(typeof cron !== "string");
    assert.deepEqual([[...cron.minutes], [...cron.hours], [...cron.days], [...cron.months], [...cron.weekdays]], [[0, 20, 40], [8, 9, 10, 20], [1], [1, 2, 3], [1, 0]]);
    assert.deepEqual([cron.everyDay, cron.everyWeekday], [false, false]);
  });

  it("know 7 as Sunday in a policy, which the CronJob controller does not", () => {
    const cron = readCron("0 8 * * 5-7");
    assert.ok(typeof cron !== "string");
    assert.deepEqual([...cron.weekdays].sort(), [0, 5, 6]);
    assert.equal(typeof readStrictCron("0 8 * * 7"), "string");
  });

  it("are refused with a reason", () => {
    for (const text of ["* * * *", "61 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "5-1 * * * *", "*/0 * * * *", "a * * * *", "CRON_TZ=UTC 0 0 * * *", ""]) {
      assert.equal(typeof readStrictCron(text), "string", text);
    }
  });

  it("write sets as the shortest list", () => {
    assert.equal(writeField([1, 2, 3, 4, 5], 0, 6), "1-5");
    assert.equal(writeField([0, 6], 0, 6), "0,6");
    assert.equal(writeField([6, 0, 1, 2, 3, 4, 5], 0, 6), "*");
    assert.equal(writeField([1, 2, 4, 5, 6, 9], 1, 12), "1,2,4-6,9");
  });
});
