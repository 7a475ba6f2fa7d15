/** Checks of what clients send. Each answers what is wrong, for the words of a `-32602`, or undefined. */

export type Problem = string | undefined;

/** Of a request's params. */
export type ParameterCheck = (params: unknown) => Problem;

export const documentParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? documentProblem(field(params, "textDocument"));

export const positionParameters: ParameterCheck = (params) => documentParameters(params) ?? positionProblem(field(params, "position"), "position");

export const rangeParameters: ParameterCheck = (params) => documentParameters(params) ?? rangeProblem(field(params, "range"), "range");

export const positionsParameters: ParameterCheck = (params) => {
  const positions = field(params, "positions");
  if (!Array.isArray(positions)) return documentParameters(params) ?? "positions is not an array";
  return documentParameters(params) ?? positions.map((position) => positionProblem(position, "positions[]")).find((problem) => problem !== undefined);
};

export const openParameters: ParameterCheck = (params) => {
  const document = field(params, "textDocument");
  return documentParameters(params) ?? versionProblem(field(document, "version")) ?? stringProblem(field(document, "text"), "textDocument.text");
};

export const changeParameters: ParameterCheck = (params) => {
  const changes = field(params, "contentChanges");
  if (!Array.isArray(changes)) return documentParameters(params) ?? "contentChanges is not an array";
  return documentParameters(params) ?? versionProblem(field(field(params, "textDocument"), "version")) ?? changes.map(changeProblem).find((problem) => problem !== undefined);
};

export const foldersParameters: ParameterCheck = (params) => foldersProblem(params, "added") ?? foldersProblem(params, "removed");

export const compileParameters: ParameterCheck = (params) =>
  objectProblem(params, "params") ?? stringProblem(field(params, "uri"), "uri") ?? stringProblem(field(params, "target"), "target");

export const simulateParameters: ParameterCheck = (params) => {
  const text = field(params, "text");
  return objectProblem(params, "params") ?? stringProblem(field(params, "uri"), "uri") ?? numberProblem(field(params, "version"), "version") ??
    (text === undefined ? undefined : stringProblem(text, "text")) ?? simulationRequestProblem(field(params, "request"));
};

/** Of an inlay hint that the server gave and gets back. */
export const hintParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? positionProblem(field(params, "position"), "position");

/** Of a code lens that the server gave and gets back. */
export const lensParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? rangeProblem(field(params, "range"), "range");

export const referenceParameters: ParameterCheck = (params) => positionParameters(params) ?? objectProblem(field(params, "context"), "context");

export const onTypeParameters: ParameterCheck = (params) => positionParameters(params) ?? stringProblem(field(params, "ch"), "ch");

export const renameParameters: ParameterCheck = (params) => positionParameters(params) ?? stringProblem(field(params, "newName"), "newName");

export const queryParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? stringProblem(field(params, "query"), "query");

/** Of an item that the server gave and gets back. */
export const hierarchyParameters: ParameterCheck = (params) => {
  const item = field(params, "item");
  return objectProblem(item, "item") ?? stringProblem(field(item, "uri"), "item.uri") ?? rangeProblem(field(item, "selectionRange"), "item.selectionRange");
};

export const renamedFilesParameters: ParameterCheck = (params) => {
  const files = field(params, "files");
  if (!Array.isArray(files)) return "files is not an array";
  return files.map((file) => stringProblem(field(file, "oldUri"), "files[].oldUri") ?? stringProblem(field(file, "newUri"), "files[].newUri")).find((problem) => problem !== undefined);
};

export const commandParameters: ParameterCheck = (params) => {
  const given = field(params, "arguments");
  return objectProblem(params, "params") ?? stringProblem(field(params, "command"), "command") ?? (given === undefined || Array.isArray(given) ? undefined : "arguments is not an array");
};

export const uriParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? stringProblem(field(params, "uri"), "uri");

export const scenariosParameters: ParameterCheck = (params) => {
  const scenario = field(params, "scenario");
  return uriParameters(params) ?? (scenario === undefined ? undefined : stringProblem(scenario, "scenario"));
};

export const sourceMapParameters: ParameterCheck = (params) => compileParameters(params) ?? rangeOrLineProblem(params);

export const codeParameters: ParameterCheck = (params) => objectProblem(params, "params") ?? stringProblem(field(params, "code"), "code");

/** A member of an object, undefined of anything else. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function documentProblem(document: unknown): Problem {
  return objectProblem(document, "textDocument") ?? stringProblem(field(document, "uri"), "textDocument.uri");
}

function foldersProblem(params: unknown, name: string): Problem {
  const folders = field(field(params, "event"), name);
  if (!Array.isArray(folders)) return `event.${name} is not an array`;
  return folders.map((folder) => stringProblem(field(folder, "uri"), `event.${name}[].uri`)).find((problem) => problem !== undefined);
}

function changeProblem(change: unknown): Problem {
  const range = field(change, "range");
  return stringProblem(field(change, "text"), "contentChanges[].text") ?? (range === undefined ? undefined : rangeProblem(range, "contentChanges[].range"));
}

function rangeProblem(range: unknown, name: string): Problem {
  return objectProblem(range, name) ?? positionProblem(field(range, "start"), `${name}.start`) ?? positionProblem(field(range, "end"), `${name}.end`);
}

function positionProblem(position: unknown, name: string): Problem {
  return objectProblem(position, name) ?? indexProblem(field(position, "line"), `${name}.line`) ?? indexProblem(field(position, "character"), `${name}.character`);
}

const requestStrings = ["backend", "scenario", "traffic", "target"] as const;
const requestNumbers = ["durationSeconds", "stepSeconds", "seed", "loadFactor"] as const;

function simulationRequestProblem(request: unknown): Problem {
  const problem = objectProblem(request, "request");
  if (problem !== undefined) return problem;
  const ofStrings = requestStrings.map((name) => (field(request, name) === undefined ? undefined : stringProblem(field(request, name), `request.${name}`)));
  const ofNumbers = requestNumbers.map((name) => (field(request, name) === undefined ? undefined : positiveProblem(field(request, name), `request.${name}`)));
  return [...ofStrings, ...ofNumbers].find((each) => each !== undefined);
}

function objectProblem(value: unknown, name: string): Problem {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : `${name} is not an object`;
}

function stringProblem(value: unknown, name: string): Problem {
  return typeof value === "string" ? undefined : `${name} is not a string`;
}

function numberProblem(value: unknown, name: string): Problem {
  return typeof value === "number" && Number.isFinite(value) ? undefined : `${name} is not a number`;
}

function positiveProblem(value: unknown, name: string): Problem {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? undefined : `${name} is not a number of 0 or more`;
}

function indexProblem(value: unknown, name: string): Problem {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? undefined : `${name} is not a whole number of 0 or more`;
}

function versionProblem(value: unknown): Problem {
  return typeof value === "number" && Number.isInteger(value) ? undefined : "textDocument.version is not a whole number";
}

function rangeOrLineProblem(params: unknown): Problem {
  const line = field(params, "line");
  return line === undefined ? rangeProblem(field(params, "range"), "range") : indexProblem(line, "line");
}
