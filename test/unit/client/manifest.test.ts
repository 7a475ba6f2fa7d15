/** What the manifest promises to VS Code. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { root } from "../../helpers/root.ts";

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[]; readonly configuration: string }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly commands: readonly { readonly command: string; readonly category: string; readonly title: string; readonly icon?: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly group?: string; readonly when?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly type: string; readonly description: string; readonly default: unknown }>> };
  };
  readonly icon: string;
  readonly files: readonly string[];
}

const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Manifest;
const { contributes } = manifest;

describe("the extension's manifest", () => {
  it("puts all commands under one category", () => {
    assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ["LB Policy"]);
  });

  for (const title of ["Compile to nginx.conf", "Compile to haproxy.cfg", "Compile to Kubernetes Manifests", "Preview Simulated Scaling to the Side"]) {
    it(`has the command "${title}"`, () => {
      assert.equal(contributes.commands.filter((command) => command.title === title).length, 1);
    });
  }

  it("shows one product icon in the title of our editors only", () => {
    const shown = contributes.menus["editor/title"]?.filter(({ group }) => group === "navigation") ?? [];
    assert.deepEqual(shown.map(({ command, when }) => [command, when]), [["lbpolicy.previewSimulation", "editorLangId == lbpolicy"]]);
    assert.match(contributes.commands.find(({ command }) => command === "lbpolicy.previewSimulation")?.icon ?? "", /^\$\([a-z-]+\)$/);
  });

  it("binds keys for our language only", () => {
    for (const { when } of contributes.keybindings) assert.equal(when, "editorLangId == lbpolicy");
    assert.deepEqual(contributes.keybindings.map(({ command, key }) => [command, key]), [["lbpolicy.previewSimulation", "ctrl+k v"]]);
  });

  it("works in an untrusted workspace and restricts every setting that names a path, command or address", () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
    const naming = Object.keys(contributes.configuration.properties).filter((name) => /path|command|url|executable|folder/i.test(name));
    assert.deepEqual([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(), naming.sort());
  });

  it("describes each setting and gives its default", () => {
    for (const [name, { description, default: standard }] of Object.entries(contributes.configuration.properties)) {
      assert.ok(description.length > 10 && standard !== undefined, name);
    }
  });

  it("names files that exist", () => {
    const named = [manifest.icon, ...contributes.grammars.map(({ path }) => path), ...contributes.languages.map(({ configuration }) => configuration)];
    assert.deepEqual(named.filter((path) => !existsSync(new URL(path, root))), []);
  });

  it("packs no source map and no source", () => {
    assert.deepEqual(manifest.files.filter((name) => /\.map|\.ts|^dist\/?$|\*\*/.test(name)), []);
  });

  it("continues a documentation comment on the next line, and no other comment", () => {
    const configuration = JSON.parse(readFileSync(new URL("language-configuration.json", root), "utf8")) as { readonly onEnterRules: readonly { readonly beforeText: string; readonly action: { readonly appendText?: string } }[] };
    const rule = configuration.onEnterRules.find(({ action }) => action.appendText === "/// ");
    const continues = (line: string): boolean => new RegExp(rule?.beforeText ?? "$.").test(line);
    assert.deepEqual([continues("  /// The tier."), continues("// a note"), continues("//// a line")], [true, false, false]);
  });

  it("indents behind an opening brace, also before a comment, and not inside a string or comment", () => {
    const configuration = JSON.parse(readFileSync(new URL("language-configuration.json", root), "utf8")) as { readonly indentationRules: { readonly increaseIndentPattern: string } };
    const indents = (line: string): boolean => new RegExp(configuration.indentationRules.increaseIndentPattern).test(line);
    assert.deepEqual(["backend shop {", "  up { // fast", '  server a 10.0.0.1:80 {'].map(indents), [true, true, true]);
    assert.deepEqual(["// backend {", '  image "a{"', "  up { by 4 every 15s }", "# {"].map(indents), [false, false, false, false]);
  });
});
