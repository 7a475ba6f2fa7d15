/** Putting a compiled output beside its policy: whole or not at all, and never over what somebody else wrote unasked. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { ExistingFile } from "./output-file.ts";
import { decideWrite, headCharacters, temporaryName } from "./output-file.ts";

/** `declined`: the user kept the other file. Throws what the file system throws, and an `Error` where a folder is in the way. */
export async function writeOutput(uri: vscode.Uri, text: string, mark: string): Promise<"written" | "unchanged" | "declined"> {
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const existing = await readExisting(uri);
  if (existing?.text === text && existing.kind === "file" && !existing.unsaved) return "unchanged";
  const decision = decideWrite(name, existing, mark);
  if (decision.kind === "refuse") throw new Error(decision.message);
  if (decision.kind === "ask") {
    const answer = await vscode.window.showWarningMessage(decision.question, { modal: true, detail: "The compiled file carries a mark by which it is recognised next time." }, "Replace");
    if (answer !== "Replace") return "declined";
  }
  const temporary = vscode.Uri.joinPath(uri, "..", temporaryName(name, randomBytes(8).toString("hex")));
  await vscode.workspace.fs.writeFile(temporary, new TextEncoder().encode(text));
  try {
    await vscode.workspace.fs.rename(temporary, uri, { overwrite: true });
  } catch (error) {
    await Promise.resolve(vscode.workspace.fs.delete(temporary)).catch(() => undefined);
    throw error;
  }
  return "written";
}

async function readExisting(uri: vscode.Uri): Promise<(ExistingFile & { readonly text: string }) | undefined> {
  let type: vscode.FileType;
  try {
    type = (await vscode.workspace.fs.stat(uri)).type;
  } catch (error) {
    // a link that points nowhere cannot be told from no file here; the rename then replaces the link itself
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return undefined;
    throw error;
  }
  const unsaved = vscode.workspace.textDocuments.some((document) => document.isDirty && document.uri.toString() === uri.toString());
  if ((type & vscode.FileType.SymbolicLink) !== 0) return { kind: "link", head: "", text: "", unsaved };
  if ((type & vscode.FileType.Directory) !== 0) return { kind: "folder", head: "", text: "", unsaved };
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  return { kind: "file", head: text.slice(0, headCharacters), text, unsaved };
}
