// Writes the samples' expected outputs anew: node scripts/accept-samples.mjs (after npm run build). Read the difference before you commit it.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "./setup.mjs";

const outputs = [["shop", "nginx", "policy.nginx.conf"], ["shop", "haproxy", "policy.haproxy.cfg"], ["ai-gateway", "kubernetes", "policy.k8s.yaml"]];

for (const [sample, target, file] of outputs) {
  mkdirSync(join(root, "samples", sample, "expected"), { recursive: true });
  const words = ["compile", join("samples", sample, "policy.lbpolicy"), "--target", target, "--out", join("samples", sample, "expected", file)];
  const result = spawnSync(process.execPath, [join(root, "dist/cli.cjs"), ...words], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) fail(`${sample} was not compiled for ${target}.`);
}
