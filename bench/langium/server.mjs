// A Langium language server over stdio.
import { startLanguageServer } from "langium/lsp";
import { NodeFileSystem } from "langium/node";
import { ProposedFeatures, createConnection } from "vscode-languageserver/node";
import { createServices } from "./services.mjs";

const connection = createConnection(ProposedFeatures.all);
startLanguageServer(createServices({ connection, ...NodeFileSystem }).shared);
