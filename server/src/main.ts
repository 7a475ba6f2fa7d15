/** The entry of the server's bundle. The transport is told by the arguments, as editors pass them. */
import { runIpcServer, runStdioServer } from "./stdio.ts";

if (process.argv.includes("--node-ipc")) {
  void runIpcServer();
} else if (process.argv.includes("--stdio")) {
  void runStdioServer();
} else {
  process.stderr.write("lbpolicy: the server needs --stdio or --node-ipc\n");
  process.exitCode = 2;
}
