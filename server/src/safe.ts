/** The one wrapper around every handler: bad parameters and faults become answers, never the end of the server. */
import { ErrorCodes, ResponseError } from "vscode-languageserver/node";
import type { CancellationToken } from "vscode-languageserver/node";
import { BadParameters } from "./asked-policy.ts";
import { Stopped } from "./background/stopped.ts";
import type { ParameterCheck } from "./parameters.ts";

/** Writes a line to the client's log. */
export type Log = (message: string) => void;

export interface Safe {
  /** Answers `-32602` with a reason for bad parameters, `-32800` for what was cancelled before it began, `-32603` for a fault of ours. */
  readonly request: <P, R>(method: string, check: ParameterCheck, handler: (params: P, token: CancellationToken) => R) => (params: P, token: CancellationToken) => R | ResponseError<void>;
  /** The same for an answer that takes several turns; what was cancelled meanwhile answers `-32800`. */
  readonly longRequest: <P, R>(method: string, check: ParameterCheck, handler: (params: P, token: CancellationToken) => Promise<R>) => (params: P, token: CancellationToken) => Promise<R | ResponseError<void>>;
  /** Bad parameters and faults are logged. */
  readonly notification: <P>(method: string, check: ParameterCheck, handler: (params: P) => void) => (params: P) => void;
}

/** Each fault is logged once, however often it repeats. */
export function createSafe(log: Log): Safe {
  const logged = new Set<string>();
  const logOnce = (message: string): void => {
    if (logged.has(message) || logged.size >= maxLogged) return;
    logged.add(message);
    log(message);
  };
  const fault = (method: string, error: unknown): string => {
    logOnce(`${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return `${method} failed: ${error instanceof Error ? error.message : String(error)}`;
  };
  const answerOf = (method: string, error: unknown): ResponseError<void> => {
    if (error instanceof ResponseError) return error as ResponseError<void>;
    if (error instanceof BadParameters) return new ResponseError(ErrorCodes.InvalidParams, `${method}: ${error.message}`);
    if (error instanceof Stopped) return new ResponseError(requestCancelled, `${method} was cancelled`);
    return new ResponseError(ErrorCodes.InternalError, fault(method, error));
  };
  return {
    request: (method, check, handler) => (params, token) => {
      if (token.isCancellationRequested) return new ResponseError(requestCancelled, `${method} was cancelled`);
      const problem = check(params);
      if (problem !== undefined) return new ResponseError(ErrorCodes.InvalidParams, `${method}: ${problem}`);
      try {
        return handler(params, token);
      } catch (error) {
        return answerOf(method, error);
      }
    },
    longRequest: (method, check, handler) => async (params, token) => {
      const cancelled = new ResponseError<void>(requestCancelled, `${method} was cancelled`);
      if (token.isCancellationRequested) return cancelled;
      const problem = check(params);
      if (problem !== undefined) return new ResponseError(ErrorCodes.InvalidParams, `${method}: ${problem}`);
      try {
        const result = await handler(params, token);
        return token.isCancellationRequested ? cancelled : result;
      } catch (error) {
        return answerOf(method, error);
      }
    },
    notification: (method, check, handler) => (params) => {
      const problem = check(params);
      if (problem !== undefined) {
        logOnce(`${method} was ignored: ${problem}`);
        return;
      }
      try {
        handler(params);
      } catch (error) {
        fault(method, error);
      }
    },
  };
}

const requestCancelled = -32800;
const maxLogged = 200;
