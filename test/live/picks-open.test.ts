/** The real programs pick as the simulator says while requests stay open: connections, limits, draws between the busy. simulation.md §2, §3. */
import assert from "node:assert/strict";
import type { HaproxyMethod } from "../../language/src/simulate/balancers/haproxy.ts";
import type { NginxMethod } from "../../language/src/simulate/balancers/nginx.ts";
import { haproxyOf, nginxOf, openAndClose, playHaproxy, playNginx, replayed, scene } from "../helpers/live-picks.ts";
import type { Place } from "../helpers/live-picks.ts";
import { on } from "../helpers/live-stage.ts";

on("nginx", "picks with open requests", (_program, stage) => {
  for (const [title, directive, kind, places] of [
    ["in turn, two of them limited", "", "round_robin", [{ weight: 5, maxConnections: 2 }, { weight: 1 }, { weight: 3, maxConnections: 3 }]],
    ["by fewest connections, equal weights", "least_conn;", "least_conn", [{ weight: 1 }, { weight: 1 }, { weight: 1 }, { weight: 1 }]],
    ["by fewest connections, one limited and one down", "least_conn;", "least_conn", [{ weight: 4, maxConnections: 2 }, { weight: 1 }, { weight: 9, down: true }, { weight: 2 }]],
    ["by fewest connections, a limited one before a backup", "least_conn;", "least_conn", [{ weight: 2, maxConnections: 2 }, { weight: 1, maxConnections: 2 }, { weight: 1, backup: true }]],
  ] as const satisfies readonly (readonly [string, string, NginxMethod["kind"], readonly Place[]])[]) {
    it(title, async () => {
      const set = await scene(stage, places);
      const port = await playNginx(stage, set, directive);
      assert.deepEqual(await openAndClose(set, port), replayed(set, nginxOf({ kind }, set)));
    });
  }
});

on("haproxy", "picks with open requests", (_program, stage) => {
  for (const [title, balance, method, places] of [
    ["in turn, two of them limited", "roundrobin", { kind: "roundrobin" }, [{ weight: 5, maxConnections: 2 }, { weight: 1 }, { weight: 3, maxConnections: 3 }]],
    ["from a table, one limited", "static-rr", { kind: "static-rr" }, [{ weight: 5, maxConnections: 2 }, { weight: 1 }, { weight: 3 }]],
    ["by fewest connections, equal weights", "leastconn", { kind: "leastconn" }, [{ weight: 1 }, { weight: 1 }, { weight: 1 }, { weight: 1 }]],
    ["by fewest connections, one limited", "leastconn", { kind: "leastconn" }, [{ weight: 4, maxConnections: 2 }, { weight: 1 }, { weight: 2 }]],
    ["the first with room", "first", { kind: "first" }, [{ weight: 1, maxConnections: 2 }, { weight: 1, maxConnections: 3 }, { weight: 1 }]],
    ["two drawn", "random", { kind: "random", draws: 2 }, [{ weight: 3 }, { weight: 1 }, { weight: 2 }]],
    ["three drawn", "random(3)", { kind: "random", draws: 3 }, [{ weight: 1 }, { weight: 1 }, { weight: 5 }, { weight: 2 }]],
  ] as const satisfies readonly (readonly [string, string, HaproxyMethod, readonly Place[]])[]) {
    it(title, async () => {
      const set = await scene(stage, places);
      const port = await playHaproxy(stage, set, balance);
      assert.deepEqual(await openAndClose(set, port), replayed(set, haproxyOf(method, set)));
    });
  }
});
