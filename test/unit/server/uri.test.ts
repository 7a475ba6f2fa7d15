import assert from "node:assert/strict";
import { baseNameOfUri, isInside, isSamePath, pathOfUri, relativeUri, uriOfPath } from "../../../server/src/uri.ts";

describe("URIs of files on Windows", () => {
  it("are one path however the editor spells them", () => {
    for (const uri of ["file:///c%3A/Users/a%20b/p.lbpolicy", "file:///C:/Users/a%20b/p.lbpolicy", "file:///c:/Users/a b/p.lbpolicy", "FILE:///C%3a/Users/a%20b/p.lbpolicy", "file:///c:\\Users\\a%20b\\p.lbpolicy"]) {
      assert.equal(pathOfUri(uri, "windows"), "c:\\Users\\a b\\p.lbpolicy", uri);
    }
  });

  it("may be those of a share", () => {
    assert.equal(pathOfUri("file://server/share/p%C3%A9.lbpolicy", "windows"), "\\\\server\\share\\pé.lbpolicy");
    assert.equal(uriOfPath("\\\\server\\share\\p.lbpolicy", "windows"), "file://server/share/p.lbpolicy");
  });

  it("are written as editors write them, and read back", () => {
    assert.equal(uriOfPath("C:\\a b\\#1\\p%.lbpolicy", "windows"), "file:///c%3A/a%20b/%231/p%25.lbpolicy");
    for (const path of ["c:\\a\\b.lbpolicy", "\\\\s\\t\\é ü.lbpolicy", "c:\\100%\\[x].lbpolicy"]) assert.equal(pathOfUri(uriOfPath(path, "windows"), "windows"), path);
  });

  it("are the same file whatever the case of its letters and its slashes; elsewhere not", () => {
    assert.ok(isSamePath("C:\\Work\\Common.lbpolicy", "c:/work/common.LBPOLICY", "windows"));
    assert.ok(!isSamePath("/work/Common.lbpolicy", "/work/common.lbpolicy", "posix"));
  });

  it("lie in a folder whatever the case, and not on another drive or share", () => {
    assert.ok(isInside("C:\\Work", "c:\\work\\sub\\p.lbpolicy", "windows"));
    for (const path of ["d:\\work\\p.lbpolicy", "c:\\workshop\\p.lbpolicy", "c:\\p.lbpolicy", "\\\\server\\work\\p.lbpolicy"]) assert.ok(!isInside("c:\\work", path, "windows"), path);
    assert.ok(isInside("c:\\work", "c:\\work\\..b\\p.lbpolicy", "windows"), "a name may begin with two points");
  });

  it("name each other with slashes; nothing on another drive", () => {
    assert.equal(relativeUri("file:///c%3A/w/sub/a.lbpolicy", "file:///C:/W/common.lbpolicy", "windows"), "../common.lbpolicy");
    assert.equal(relativeUri("file:///c%3A/w/a.lbpolicy", "file:///d%3A/w/common.lbpolicy", "windows"), undefined);
  });
});

describe("URIs that are no files", () => {
  it("have no path", () => {
    for (const platform of ["posix", "windows"] as const) for (const uri of ["untitled:a", "", "file:", "http://a/b", "file:///%00", "file:///a%2Fb", "vscode-notebook-cell:/a"]) {
      if (uri === "file:" || uri === "file:///%00") pathOfUri(uri, platform);
      else assert.equal(pathOfUri(uri, platform), undefined, `${uri} ${platform}`);
    }
    assert.equal(pathOfUri("file://server/share/a", "posix"), undefined, "there are no shares");
  });

  it("have a base name for outputs all the same", () => {
    assert.deepEqual(["untitled:Untitled-1", "file:///c%3A/a%20b.lbpolicy", "file:///a/b.lbpolicy?x#y", "file:///%E0%A4"].map(baseNameOfUri), ["Untitled-1", "a b.lbpolicy", "b.lbpolicy", "%E0%A4"]);
  });
});
