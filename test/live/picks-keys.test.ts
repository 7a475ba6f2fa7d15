/** The real programs pick as the simulator says by what a request carries: address, path, header. simulation.md §2, §3. */
import assert from "node:assert/strict";
import type { HaproxyHash } from "../../language/src/simulate/balancers/haproxy-hash.ts";
import type { NginxMethod } from "../../language/src/simulate/balancers/nginx.ts";
import { haproxyOf, nginxOf, playHaproxy, playNginx, predicted, scene, served } from "../helpers/live-picks.ts";
import type { Place } from "../helpers/live-picks.ts";
import { on } from "../helpers/live-stage.ts";

/** Of loopback, far apart in all octets. */
const addresses = Array.from({ length: 40 }, (_, index) => `127.${(index * 7) % 251}.${(index * 29) % 256}.${1 + ((index * 53) % 250)}`);
const keys = Array.from({ length: 40 }, (_, index) => `user-${index * 97}@example.com`);
const paths = Array.from({ length: 40 }, (_, index) => `/item/${index * 41}?page=${index}`);

const unequal: readonly Place[] = [{ weight: 2 }, { weight: 1 }, { weight: 4 }];
const oneGone: readonly Place[] = [{ weight: 2 }, { weight: 3, gone: true }, { weight: 1 }, { weight: 2 }];
/** As many as HAProxy tries: a table sends a key to the same server each time. */
const oneGoneOfThree: readonly Place[] = [{ weight: 2 }, { weight: 3, gone: true }, { weight: 4 }];
const oneDown: readonly Place[] = [{ weight: 2 }, { weight: 3, down: true }, { weight: 1 }, { weight: 2 }];

on("nginx", "picks by key", (_program, stage) => {
  const address = { kind: "hash", key: "address", consistent: true } as const;
  for (const [title, directive, method, places] of [
    ["ip_hash", "ip_hash;", { kind: "ip_hash" }, unequal],
    ["ip_hash, one down", "ip_hash;", { kind: "ip_hash" }, oneDown],
    ["ip_hash, one gone", "ip_hash;", { kind: "ip_hash" }, oneGone],
    ["a ring of addresses", "hash $binary_remote_addr consistent;", address, unequal],
    ["a ring of addresses, one gone", "hash $binary_remote_addr consistent;", address, oneGone],
    ["a hash of addresses, one down", "hash $binary_remote_addr;", { ...address, consistent: false }, oneDown],
  ] as const satisfies readonly (readonly [string, string, NginxMethod, readonly Place[]])[]) {
    it(title, async () => {
      const set = await scene(stage, places);
      const port = await playNginx(stage, set, directive);
      assert.equal(await served(addresses.map((from) => ({ port, from }))), predicted(set, nginxOf(method, set), addresses.map((each) => ({ address: each }))));
    });
  }

  for (const consistent of [false, true]) {
    for (const [title, places] of [["one gone", oneGone], ["one down", oneDown]] as const) {
      it(`a ${consistent ? "ring" : "hash"} of a header, some requests without it, ${title}`, async () => {
        const set = await scene(stage, places);
        const port = await playNginx(stage, set, `hash $http_x_key${consistent ? " consistent" : ""};`);
        const some = keys.map((key, index) => (index % 5 === 4 ? undefined : key));
        assert.equal(
          await served(some.map((key) => ({ port, ...(key === undefined ? {} : { headers: { "x-key": key } }) }))),
          predicted(set, nginxOf({ kind: "hash", key: "text", consistent }, set), some.map((key) => (key === undefined ? {} : { key }))),
        );
      });
    }
  }
});

on("haproxy", "picks by key", (_program, stage) => {
  const hash = (of: HaproxyHash["of"], lookup: HaproxyHash["lookup"], parts: Partial<HaproxyHash> = {}): HaproxyHash => ({ kind: "hash", of, lookup, function: "sdbm", avalanche: false, ...parts });
  for (const [title, type, lookup, parts] of [
    ["from the table", "map-based", "map", {}],
    ["from the table, by crc32", "map-based crc32", "map", { function: "crc32" }],
    ["from the table, by djb2 with avalanche", "map-based djb2 avalanche", "map", { function: "djb2", avalanche: true }],
    ["on the ring", "consistent", "ring", { avalanche: true }],
    ["on the ring, by djb2", "consistent djb2", "ring", { function: "djb2" }],
    ["on the ring, by crc32 with avalanche", "consistent crc32 avalanche", "ring", { function: "crc32", avalanche: true }],
  ] as const satisfies readonly (readonly [string, string, HaproxyHash["lookup"], Partial<HaproxyHash>])[]) {
    for (const [places, where] of [[unequal, "all up"], [oneDown, "one down"], [oneGoneOfThree, "one gone"]] as const) {
      it(`a header ${title}, some requests without it, ${where}`, async () => {
        const set = await scene(stage, places);
        const port = await playHaproxy(stage, set, `hdr(X-Key)\n  hash-type ${type}`);
        const some = keys.map((key, index) => (index % 5 === 4 ? undefined : key));
        assert.equal(
          await served(some.map((key) => ({ port, ...(key === undefined ? {} : { headers: { "x-key": key } }) }))),
          predicted(set, haproxyOf(hash("text", lookup, parts), set), some.map((key) => (key === undefined ? {} : { key }))),
        );
      });
    }
  }

  for (const [type, lookup] of [["map-based", "map"], ["consistent", "ring"]] as const) {
    it(`source, ${type}`, async () => {
      const set = await scene(stage, unequal);
      const port = await playHaproxy(stage, set, `source\n  hash-type ${type}`);
      const method = hash("address", lookup, { avalanche: lookup === "ring" });
      assert.equal(await served(addresses.map((from) => ({ port, from }))), predicted(set, haproxyOf(method, set), addresses.map((address) => ({ address }))));
    });

    it(`the path without its query, ${type}`, async () => {
      const set = await scene(stage, unequal);
      const port = await playHaproxy(stage, set, `uri\n  hash-type ${type}`);
      const method = hash("uri", lookup, { avalanche: lookup === "ring" });
      assert.equal(await served(paths.map((path) => ({ port, path }))), predicted(set, haproxyOf(method, set), paths.map((key) => ({ key }))));
    });
  }
});
