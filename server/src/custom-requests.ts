/** Compiling for the editor: answers of protocol.ts. */
import { compile, generatedMark, targetNames } from "../../language/src/index.ts";
import type { TargetName } from "../../language/src/index.ts";
import { analysisFor, BadParameters, errorsFirst } from "./asked-policy.ts";
import type { Documents } from "./documents.ts";
import type { ServerHost } from "./host.ts";
import type { CompileParams, CompileResponse } from "./protocol.ts";
import { problemOf } from "./ranges.ts";
import { baseNameOfUri } from "./uri.ts";

/** Throws `BadParameters` for an unknown target or a document that cannot be read. */
export function answerCompile(params: CompileParams, documents: Documents, host: ServerHost): CompileResponse {
  const target = targetNames.find((name) => name === params.target);
  if (target === undefined) throw new BadParameters(`target is one of ${targetNames.join(", ")}`);
  const { analysis, version } = analysisFor(params.uri, documents, host);
  const result = compile(analysis, target);
  return {
    version,
    target,
    text: result.text,
    fileName: `${baseNameOfUri(params.uri).replace(/\.lbpolicy$/u, "")}.${fileNameEnds[target]}`,
    mark: generatedMark,
    problems: errorsFirst([...analysis.refusals, ...analysis.policyDiagnostics, ...result.diagnostics]).map((diagnostic) => problemOf(analysis, diagnostic)),
    notes: result.notes,
  };
}

const fileNameEnds: Readonly<Record<TargetName, string>> = { nginx: "nginx.conf", haproxy: "haproxy.cfg", kubernetes: "k8s.yaml" };
