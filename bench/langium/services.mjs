// The language as a Langium project sets it up: the default services around the generated parser, nothing added.
import { inject } from "langium";
import { createDefaultModule, createDefaultSharedModule } from "langium/lsp";
import { LbPolicyGeneratedModule, LbPolicyGeneratedSharedModule } from "../dist/langium/module.ts";

/** @param {import("langium/lsp").DefaultSharedModuleContext} context */
export function createServices(context) {
  const shared = inject(createDefaultSharedModule(context), LbPolicyGeneratedSharedModule);
  const language = inject(createDefaultModule({ shared }), LbPolicyGeneratedModule);
  shared.ServiceRegistry.register(language);
  // Without a connection nobody configures the workspace.
  if (context.connection === undefined) void shared.workspace.ConfigurationProvider.initialized({});
  return { shared, language };
}
