/** The shares beside the text, of so many clients through a compiled policy on the real programs. language.md §4. */
import assert from "node:assert/strict";
import type { Backend } from "../../language/src/model/policy.ts";
import { clientRequests } from "../../language/src/simulate/requests/arrivals.ts";
import { steadyState } from "../../language/src/simulate/steady/steady-state.ts";
import { askMany, tally } from "../helpers/live-client.ts";
import { onBoth } from "../helpers/live-stage.ts";
import { backend, destination, listener, policy, server, service, strategy } from "../helpers/policy-parts.ts";

const weights = [3, 1, 2];
const clients = 300;

onBoth("shares by client", (program, stage) => {
  for (const [title, algorithm] of [
    ["a hash of a header", { kind: "hash", key: { kind: "header", name: "X-User" }, consistent: false }],
    ["a ring of a header", { kind: "hash", key: { kind: "header", name: "X-User" }, consistent: true }],
  ] as const) {
    it(`of ${title} are those of the figures, client by client`, async () => {
      const members = await Promise.all(["a", "b", "c"].map((name) => stage.member(name)));
      let web: Backend | undefined;
      const { port } = await stage.play((free) => {
        web = backend("web", members.map((member, index) => server(member.name, member.address, { weight: weights[index] ?? 1 })), { strategy: strategy({ algorithm }) });
        return policy([web], [service("front", [listener(`127.0.0.1:${free}`)], { to: [destination(web)] })]);
      });
      const seen = tally(await askMany(clients, (index) => ({ port, headers: { "x-user": clientRequests(clients)[index]?.key ?? "" } }), 1));
      const figures = steadyState(web ?? assert.fail(), 10, { target: program, clients });
      assert.deepEqual(figures.members.map(({ name, share }) => [name, Math.round(share * clients)]), ["a", "b", "c"].map((name) => [name, seen[name] ?? 0]));
    });
  }
});
