// From the start of the process to the answer to `initialize`, beside a Node that does nothing at all.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { initializeParams, startClient } from "./client.mjs";

/** @param {readonly import("./servers.mjs").Server[]} servers @param {number} rounds @returns {Promise<readonly { readonly id: string, readonly name: string, readonly ms: readonly number[] }[]>} in turns, the first round not counted */
export async function measureStarts(servers, rounds) {
  const bare = { id: "node", name: "bare `node -e 0`", ms: /** @type {number[]} */ ([]) };
  const all = [bare, ...servers.map(({ id, name }) => ({ id, name, ms: /** @type {number[]} */ ([]) }))];
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { ms }] of all.entries()) {
      const server = servers[i - 1];
      const begin = performance.now();
      if (server === undefined) {
        await once(spawn(process.execPath, ["-e", "0"], { stdio: ["pipe", "pipe", "pipe"] }), "exit");
        if (round > 0) ms.push(performance.now() - begin);
        continue;
      }
      const client = startClient(server.command);
      const { atMs, error } = await client.ask("initialize", initializeParams(server)).answer;
      if (error !== undefined) throw new Error(`${server.name}: ${error.message}`);
      if (round > 0) ms.push(atMs - begin);
      client.kill();
    }
  }
  return all;
}
