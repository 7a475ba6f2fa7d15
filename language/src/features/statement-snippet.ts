import { fileBlock } from "../syntax/constructs/index.ts";
import type { StatementSpec } from "../syntax/spec.ts";

/** The outline of a whole declaration or block, with placeholders; undefined where the keyword alone is better. */
export function statementSnippet(statement: StatementSpec): string | undefined {
  const own = outlines[statement.keyword];
  if (!fileBlock.statements.includes(statement)) {
    const [only, ...more] = statement.elements;
    return only?.type === "block" && more.length === 0 ? `${statement.keyword} {\n\t$0\n}` : undefined;
  }
  return own ?? `${statement.keyword} \${1:name} {\n\t$0\n}`;
}

/** Declarations that are not KIND NAME `{ … }`, or of which more than the braces is always the same. */
const outlines: Readonly<Record<string, string>> = {
  import: 'import "${1:common.lbpolicy}"',
  param: "param ${1:name} = ${2:100rps}",
  environment: "environment ${1:staging} {\n\t${2:name} = ${3:10rps}\n}",
  backend: "backend ${1:web} {\n\tserver ${2:a} ${3:10.0.0.11:8080}$0\n}",
  service: "service ${1:front} {\n\tlisten ${2:80}\n\tto ${3:web}$0\n}",
  threshold: "threshold ${1:busy} {\n\ttarget ${2:load_factor} ${3:70%}$0\n}",
  schedule: "schedule ${1:office_hours} {\n\tevery ${2:mon-fri} ${3:08:00-20:00}\n\ttimezone \"${4:UTC}\"\n\treplicas ${5:4}$0\n}",
  traffic: "traffic ${1:weekday} {\n\tdaily ${2:00:00} ${3:100rps}, ${4:12:00} ${5:1000rps}$0\n}",
  scenario: "scenario ${1:busy_day} {\n\tbackend ${2:web}\n\ttraffic ${3:weekday}\n\texpect ${4:p95} < ${5:1s}$0\n}",
  target: "target ${1|nginx,haproxy,kubernetes|} {\n\t$0\n}",
};
