/** Which policy a command means. */
import * as vscode from "vscode";

/** The one whose title bar was clicked, else the one in the active editor; says so where there is none. */
export async function activePolicy(resource: unknown): Promise<vscode.TextDocument | undefined> {
  const document = resource instanceof vscode.Uri ? await vscode.workspace.openTextDocument(resource) : vscode.window.activeTextEditor?.document;
  if (document?.languageId === "lbpolicy") return document;
  void vscode.window.showInformationMessage("Open a .lbpolicy file first.");
  return undefined;
}
