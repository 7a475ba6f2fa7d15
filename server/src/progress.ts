/** Progress as the protocol reports it: nothing where the client gave no token. */
import type { Connection, ProgressToken } from "vscode-languageserver/node";

/** Runs the work between `begin` and `end`; `report` takes a fraction from 0 to 1 and sends whole percents, each once. */
export async function withProgress<R>(
  connection: Connection, token: ProgressToken | undefined, title: string, work: (report: (fraction: number, message?: string) => void) => Promise<R>,
): Promise<R> {
  if (token === undefined) return work(() => undefined);
  const tell = (value: object): void => tellProgress(connection, token, value);
  let last = "";
  tell({ kind: "begin", title, cancellable: true, percentage: 0 });
  try {
    return await work((fraction, message) => {
      const percentage = Math.min(100, Math.round(100 * fraction));
      const key = `${percentage} ${message ?? ""}`;
      if (key === last) return;
      last = key;
      tell({ kind: "report", percentage, ...(message === undefined ? {} : { message }) });
    });
  } finally {
    tell({ kind: "end" });
  }
}

/** A value for a token: progress, or a part of the result. */
export function tellProgress(connection: Connection, token: ProgressToken, value: unknown): void {
  // A client that is gone ends the process by the closed stream.
  connection.sendNotification("$/progress", { token, value }).catch(() => undefined);
}
