/** Every declaration of the language. */
import type { BlockSpec } from "../spec.ts";
import { block, choice, statement, value, word } from "../spec.ts";
import { backendBlock } from "./backend.ts";
import { serviceBlock } from "./service.ts";
import { haproxyBlock, kubernetesBlock, nginxBlock } from "./target.ts";
import { metricBlock, scheduleBlock, strategyBlock, thresholdBlock } from "./threshold.ts";
import { scenarioBlock, trafficBlock } from "./traffic.ts";

/** What a file holds. The word of each is its KIND; all but `import`, `param` and `target` are KIND NAME `{ … }`. */
export const fileBlock: BlockSpec = {
  name: "file",
  statements: [
    statement("import", "Takes the declarations of another file in.", [value("text", "path", { expects: 'a file such as "common.lbpolicy"' })], { repeatable: true }),
    statement("param", "A named quantity or string; `--set` and environments override it.", [value("name", "name"), word("="), value("text-or-quantity", "value")], { repeatable: true }),
    statement("environment", "Values of params, set together.", [value("name", "name"), block({
      name: "environment",
      statements: [statement("value", "A param and its value in this environment.", [value("name", "name"), word("="), value("text-or-quantity", "value")], { lead: "name", repeatable: true })],
    })], { repeatable: true }),
    statement("backend", "Servers, or an elastic pool, that take requests.", [value("name", "name"), block(backendBlock)], { repeatable: true }),
    statement("strategy", "How requests are shared among members, and what happens to failed ones.", [value("name", "name"), block(strategyBlock)], { repeatable: true }),
    statement("metric", "A metric of one's own.", [value("name", "name"), block(metricBlock)], { repeatable: true }),
    statement("threshold", "When a pool grows and shrinks.", [value("name", "name"), block(thresholdBlock)], { repeatable: true }),
    statement("schedule", "Bounds of a pool by the clock.", [value("name", "name"), block(scheduleBlock)], { repeatable: true }),
    statement("service", "What clients reach: ports, hosts, routes, limits.", [value("name", "name"), block(serviceBlock)], { repeatable: true }),
    statement("traffic", "A load over time.", [value("name", "name"), block(trafficBlock)], { repeatable: true }),
    statement("scenario", "A run of the simulation and what it must show.", [value("name", "name"), block(scenarioBlock)], { repeatable: true }),
    statement("target", "Settings of an output.", [choice(
      [{ type: "word", word: "nginx", label: "nginx" }, block(nginxBlock)],
      [{ type: "word", word: "haproxy", label: "haproxy" }, block(haproxyBlock)],
      [{ type: "word", word: "kubernetes", label: "kubernetes" }, block(kubernetesBlock)],
    )], { repeatable: true }),
  ],
};
