// The licences of the packages whose code is in the bundles: read from what the bundler took in, so none can be forgotten.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root the repository
 * @param {readonly string[]} inputs paths of all bundled files, from the root
 * @returns {string} one section a package, in alphabetical order
 * @throws {Error} naming a package that carries no licence
 */
export function thirdPartyNotices(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll("\\", "/"))?.[0] ?? []));
  const sections = [...folders].map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
    const text = file === undefined ? undefined : readFileSync(join(root, folder, file), "utf8").trim();
    if (text === undefined && typeof manifest.license !== "string") throw new Error(`${manifest.name} is bundled and carries no licence.`);
    const notices = ["NOTICE", "NOTICE.txt"].filter((name) => existsSync(join(root, folder, name))).map((name) => readFileSync(join(root, folder, name), "utf8").trim());
    const body = text ?? `Licence: ${manifest.license}. Author: ${typeof manifest.author === "string" ? manifest.author : (manifest.author?.name ?? "not named")}.`;
    return { title: `${manifest.name} ${manifest.version}`, body: [body, ...notices].join("\n\n") };
  });
  // Data rather than a package: language/src/compile/kubernetes/schemas.ts is made of it.
  const apache = sections.find(({ title }) => title.startsWith("chevrotain "))?.body ?? "";
  sections.push({
    title: "Schemas of Kubernetes, KEDA, the Gateway API and the Prometheus operator",
    body: `Cut from the API descriptions of kubernetes-client/javascript, kedacore/keda, kubernetes-sigs/gateway-api and prometheus-operator; test/kubernetes/README.md names the commits and the changes. Apache License 2.0:\n\n${apache}`,
  });
  sections.sort((a, b) => (a.title < b.title ? -1 : 1));
  return `Code of these packages is part of lbpolicy's bundles.\n\n${sections.map(({ title, body }) => `${"=".repeat(78)}\n${title}\n${"=".repeat(78)}\n${body}\n`).join("\n")}`;
}
