/** The state of the language server beside the language's name in the status bar. */
import * as vscode from "vscode";
import type { PolicyServer, ServerState } from "./policy-server.ts";

export function registerServerStatus(context: vscode.ExtensionContext, server: PolicyServer): void {
  const item = vscode.languages.createLanguageStatusItem("lbpolicy.server", { language: "lbpolicy" });
  item.name = "LB Policy language server";
  const show = (state: ServerState): void => {
    item.busy = state === "starting";
    item.severity = state === "stopped" ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    item.text = { starting: "LB Policy: starting", running: `LB Policy ${server.version() ?? ""}`.trimEnd(), stopped: "LB Policy: stopped" }[state];
    item.detail = state === "stopped" ? "The language server is not running" : "Language server";
    item.command = state === "stopped" ? { command: "lbpolicy.restartServer", title: "Restart" } : { command: "lbpolicy.showOutput", title: "Show Output" };
  };
  show(server.state() === "stopped" ? "starting" : server.state());
  context.subscriptions.push(item, server.onState(show));
}
