/** Which policy a command means. */
import * as vscode from "vscode";

/** The one whose title bar or code lens was clicked (a lens gives the URI as text), else the one in the active editor; says so where there is none. */
export async function activePolicy(resource: unknown): Promise<vscode.TextDocument | undefined> {
  const uri = typeof resource === "string" ? vscode.Uri.parse(resource, true) : resource;
  const document = uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : vscode.window.activeTextEditor?.document;
  if (document?.languageId === "lbpolicy") return document;
  void vscode.window.showInformationMessage("Open a .lbpolicy file first.");
  return undefined;
}
