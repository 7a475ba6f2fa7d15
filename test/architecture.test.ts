/** The invariants of ARCHITECTURE.md. They read the sources, so they hold for what nobody runs too. */
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { root as rootUrl } from "./helpers/root.ts";

const root = fileURLToPath(rootUrl);

interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const rooms = ["language/src", "server/src", "cli/src", "client/src", "client/webview"];

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

const sources: readonly SourceFile[] = rooms.flatMap((room) => filesBelow(join(root, room))).map((path) => {
  const text = readFileSync(path, "utf8");
  const imports = [...text.matchAll(/^\s*(?:import|export)\b[^;"']*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  return { path: relative(root, path).split(sep).join("/"), text, imports };
});

/** Where a relative import leads, from the root. */
function target(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return relative(root, resolve(root, dirname(file.path), specifier)).split(sep).join("/");
}

const complaints = (check: (file: SourceFile) => readonly string[]): readonly string[] => sources.flatMap((file) => check(file).map((text) => `${file.path}: ${text}`));

const heights: Readonly<Record<string, number>> = { text: 0, diagnostics: 1, syntax: 2, model: 3, simulate: 4, checks: 5, compile: 5, import: 5, features: 6 };

function layerOf(path: string): string | undefined {
  return /^language\/src\/([^/]+)\//.exec(path)?.[1];
}

describe("architecture", () => {
  it("finds sources in every room", () => {
    for (const room of rooms) assert.ok(sources.some((file) => file.path.startsWith(`${room}/`)), room);
  });

  it("no import of the language goes up a layer", () => {
    assert.deepEqual(complaints((file) => file.imports.flatMap((specifier) => {
      const to = target(file, specifier);
      const from = layerOf(file.path);
      const above = to === undefined ? undefined : layerOf(to);
      if (to === undefined || from === undefined) return [];
      if (above === undefined) return to === "language/src/version.ts" ? [] : [`imports ${to}, which lies above ${from}`];
      return above === from || (heights[above] ?? 9) < (heights[from] ?? 9) ? [] : [`imports ${to}: ${above} is not below ${from}`];
    })), []);
  });

  it("files do not import in a circle at run time", () => {
    const edges = new Map(sources.map((file) => [file.path, [...file.text.matchAll(/^\s*(?:import|export)\b(?!\s+type\b)[^;"']*?\bfrom\s+"([^"]+)"/gm)]
      .filter((match) => !/^\s*(?:import|export)\s*\{\s*(?:type\s+\w+(?:\s+as\s+\w+)?\s*,?\s*)+\}/.test(match[0]))
      .flatMap((match) => target(file, match[1] ?? "") ?? [])]));
    const cycles = new Set<string>();
    const state = new Map<string, "open" | "done">();
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === "done") return;
      if (state.get(path) === "open") {
        cycles.add([...trail.slice(trail.indexOf(path)), path].join(" → "));
        return;
      }
      state.set(path, "open");
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      state.set(path, "done");
    };
    for (const file of sources) visit(file.path, []);
    assert.deepEqual([...cycles], []);
  });

  it("the language is pure: no builtin, no editor, no protocol, no clock, no randomness", () => {
    const allowed = new Set(["chevrotain", "croner", "temporal-polyfill", "yaml"]);
    assert.deepEqual(complaints((file) => {
      if (!file.path.startsWith("language/src/")) return [];
      const foreign = file.imports.filter((specifier) => !specifier.startsWith(".") && !allowed.has(specifier)).map((specifier) => `imports ${specifier}`);
      const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const impure = [/\bDate\.now\b/, /\bnew Date\(\)/, /\bMath\.random\b/, /\bperformance\.now\b/, /\bprocess\./, /\bTemporal\.Now\b/, /\bsetTimeout\b/, /\bfetch\(/, /\bconsole\./]
        .filter((pattern) => pattern.test(code)).map((pattern) => `uses ${pattern.source}`);
      return [...foreign, ...impure];
    }), []);
  });

  it("server and command line see only the façade; the client only the protocol's types", () => {
    assert.deepEqual(complaints((file) => file.imports.flatMap((specifier) => {
      const to = target(file, specifier);
      if (to === undefined) return [];
      if (/^(?:server|cli)\//.test(file.path) && to.startsWith("language/") && to !== "language/src/index.ts") return [`imports ${to}`];
      if (file.path.startsWith("client/") && !to.startsWith("client/") && to !== "server/src/protocol.ts") return [`imports ${to}`];
      if (file.path.startsWith("client/webview/") && to.startsWith("client/src/")) return [`imports ${to}`];
      return [];
    })), []);
  });

  it("only the client knows the editor, only server and client the protocol", () => {
    assert.deepEqual(complaints((file) => file.imports.flatMap((specifier) => {
      if (specifier === "vscode" && !file.path.startsWith("client/src/")) return ["imports vscode"];
      if (specifier.startsWith("vscode-language") && !/^(?:server|client)\/src\//.test(file.path)) return [`imports ${specifier}`];
      return [];
    })), []);
  });

  it("one file alone starts a process, without a shell; nothing opens a connection", () => {
    const builtins = new Set(builtinModules);
    const starter = sources.find((file) => file.path === "cli/src/verify.ts");
    assert.match(starter?.text ?? "", /^import \{ execFile \} from "node:child_process";$/m);
    assert.doesNotMatch(starter?.text ?? "", /shell|execFileSync|spawn/);
    assert.deepEqual(complaints((file) => file.imports.flatMap((specifier) => {
      const name = specifier.replace(/^node:/, "");
      const refused = ["child_process", "net", "http", "https", "http2", "dgram", "tls", "dns", "cluster"].includes(name) && builtins.has(name);
      return refused && !(name === "child_process" && file === starter) ? [`imports ${specifier}`] : [];
    })), []);
  });

  it("every diagnostic is declared once, with a code of its family", () => {
    const declared = sources.filter((file) => file.path.startsWith("language/src/")).flatMap((file) => [...file.text.matchAll(/\bdefine(?:<[^(]*>)?\(\s*"(LBP\d+)",\s*"([^"]+)"/g)].map((match) => ({ file: file.path, code: match[1] ?? "", name: match[2] ?? "" })));
    assert.ok(declared.length > 40, `only ${declared.length} found`);
    for (const key of ["code", "name"] as const) {
      const twice = declared.filter((one, index) => declared.findIndex((other) => other[key] === one[key]) !== index).map((one) => `${one.file}: ${one[key]}`);
      assert.deepEqual(twice, []);
    }
    assert.deepEqual(declared.filter((one) => !/^LBP[1-5]\d{3}$/.test(one.code)), []);
  });

  it("no file of the product is longer than 400 lines", () => {
    assert.deepEqual(complaints((file) => {
      const lines = file.text.split("\n").length;
      return lines > 400 ? [`${lines} lines`] : [];
    }), []);
  });

  it("runtime dependencies are those of docs/dependencies.md, at most eight", () => {
    const manifests = ["language", "server", "cli", "client"].map((room) => JSON.parse(readFileSync(join(root, room, "package.json"), "utf8")) as { readonly dependencies?: Readonly<Record<string, string>> });
    const names = manifests.flatMap((manifest) => Object.keys(manifest.dependencies ?? {}));
    const page = readFileSync(join(root, "docs/dependencies.md"), "utf8");
    assert.deepEqual(names.filter((name) => !page.includes(name)), []);
    assert.ok(names.length <= 8, names.join(", "));
  });

  it("what ARCHITECTURE.md draws is there", () => {
    for (const path of ["language/src/index.ts", "server/src/server.ts", "cli/src/main.ts", "client/src/extension.ts", "client/webview/panel.ts", "samples/shop/policy.lbpolicy", "samples/ai-gateway/policy.lbpolicy"]) {
      assert.ok(existsSync(join(root, path)), path);
    }
  });
});
