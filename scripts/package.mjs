// Packs the built extension into dist/lbpolicy.vsix, and looks into it: only what the manifest's `files` names may be there.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vsix = join(root, "dist", "lbpolicy.vsix");
const vsce = fileURLToPath(new URL("vsce", new URL("./", `file://${createRequire(import.meta.url).resolve("@vscode/vsce/package.json")}`)));

rmSync(vsix, { force: true });
const packed = spawnSync(process.execPath, [vsce, "package", "--no-dependencies", "--allow-missing-repository", "--readme-path", "client/README.md", "--allow-unused-files-pattern", "--out", vsix], { cwd: root, encoding: "utf8" });
if (packed.status !== 0) {
  process.stderr.write(`${packed.stdout}${packed.stderr}`);
  process.exit(packed.status ?? 1);
}
const names = namesInZip(readFileSync(vsix));
const unwanted = names.filter((name) => !isWanted(name));
const missing = ["dist/extension.cjs", "dist/server.cjs", "dist/background.cjs", "dist/language.cjs", "dist/diagnostic-pages.json", "dist/webview/panel.js", "dist/webview/panel.css", "language-configuration.json", "syntaxes/lbpolicy.tmLanguage.json", "schemas/lbpolicy.schema.json", "dist/THIRD-PARTY-NOTICES.txt"]
  .filter((name) => !names.includes(`extension/${name}`));
if (unwanted.length > 0 || missing.length > 0) {
  process.stderr.write(`dist/lbpolicy.vsix: ${[...unwanted.map((name) => `${name} should not be in it`), ...missing.map((name) => `${name} is missing (build first)`)].join("; ")}\n`);
  process.exit(1);
}
process.stdout.write(`dist/lbpolicy.vsix: ${names.length} files, ${Math.round(readFileSync(vsix).length / 1024)} kB\n`);

/**
 * The names of the files in a zip archive, read from its central directory.
 * @param {Buffer} zip
 * @returns {string[]}
 */
function namesInZip(zip) {
  const names = [];
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  let at = zip.readUInt32LE(end + 16);
  while (zip.subarray(at, at + 4).equals(signature)) {
    const nameLength = zip.readUInt16LE(at + 28);
    names.push(zip.toString("utf8", at + 46, at + 46 + nameLength));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

/** @param {string} name */
function isWanted(name) {
  if (name === "[Content_Types].xml" || name === "extension.vsixmanifest") return true;
  return /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE(\.txt|\.md)?|language-configuration\.json|dist\/(extension|server|background|language|cli)\.cjs|dist\/diagnostic-pages\.json|dist\/webview\/panel\.(js|css)|dist\/THIRD-PARTY-NOTICES\.txt|syntaxes\/[\w.-]+\.tmLanguage\.json|schemas\/[\w.-]+\.schema\.json|media\/(file-(light|dark)\.svg|icon\.png))$/i.test(name);
}
