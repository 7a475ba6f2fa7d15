/** The complete policies that tests of the syntax work on. */
import { readFileSync } from "node:fs";
import { sampleText } from "./analyzed.ts";
import { root } from "./root.ts";

/** The reference's whole file without its import, so that it stands alone. */
export const wholeText = readFileSync(new URL("test/fixtures/whole.lbpolicy", root), "utf8").replace('import "common.lbpolicy"\n', "");

export const completeTexts: readonly (readonly [string, string])[] = [["whole", wholeText], ["shop", sampleText("shop")], ["ai-gateway", sampleText("ai-gateway")]];
