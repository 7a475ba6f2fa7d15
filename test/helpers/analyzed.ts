import { readFileSync } from "node:fs";
import { analyze } from "../../language/src/index.ts";
import type { Analysis } from "../../language/src/index.ts";
import { root } from "./root.ts";

export function sampleText(name: "shop" | "ai-gateway"): string {
  return readFileSync(new URL(`samples/${name}/policy.lbpolicy`, root), "utf8");
}

/** A text in which `┆` marks the cursor, analysed without it. */
export function atCursor(marked: string): { readonly analysis: Analysis; readonly offset: number; readonly text: string } {
  const offset = marked.indexOf("┆");
  const text = marked.replace("┆", "");
  return { analysis: analyze({ file: "test.lbpolicy", text }), offset, text };
}

/** The elastic pool of the reference's whole file, and what it listens to. */
export const referencePool = `backend inference {
  demand  weekday

  replica response 650ms at 1, 1.6s at 24 ttft 90ms at 1, 400ms at 24 cost $2.10/h
  scale 2..120 {
    on busy, surge
  }
}

/// Keeps members at 70 % of their capacity.
threshold busy {
  target load_factor 70%
}

threshold surge {
  when load_factor > 95% for 30s double
}

traffic weekday {
  timezone "Asia/Shanghai"
  daily 00:00 60rps, 08:00 300rps, 12:00 700rps, 20:00 1100rps, 23:00 200rps
  burst 1.3x at 12:30 for 10m
  noise 8% seed 7
}
`;
