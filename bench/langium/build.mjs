// What the parse benchmark runs: Langium's full build of a text (lex, parse, index, link, validate).
import { EmptyFileSystem, URI } from "langium";
import { createServices } from "./services.mjs";

const { shared, language } = createServices(EmptyFileSystem);
let count = 0;

/** @param {string} text @returns {Promise<{ readonly errors: readonly string[] }>} */
export async function buildWithLangium(text) {
  const document = shared.workspace.LangiumDocumentFactory.fromString(text, URI.parse(`memory:///${count++}.lbpolicy`));
  shared.workspace.LangiumDocuments.addDocument(document);
  await shared.workspace.DocumentBuilder.build([document], { validation: true });
  const errors = (document.diagnostics ?? []).filter(({ severity }) => severity === 1).map(({ message, range }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
  await shared.workspace.DocumentBuilder.update([], [document.uri]);
  return { errors };
}

/** The parser alone. @param {string} text */
export function parseWithLangium(text) {
  return language.parser.LangiumParser.parse(text);
}
