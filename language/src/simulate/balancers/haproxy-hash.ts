/** HAProxy's hashes: of the source address, the URI, or a header or another value of the request. */
import { addressBytes } from "./client-address.ts";
import { avalanche, crc32, djb2, remembered, sdbm, utf8 } from "./hashes.ts";
import { serverMap } from "./haproxy-map.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";
import { serverRing } from "./haproxy-ring.ts";

export interface HaproxyHash {
  readonly kind: "hash";
  /** `uri`: the key up to its `?`; `text`: all of it (header, cookie, `uri whole`); `address`: `balance source`. */
  readonly of: "uri" | "text" | "address";
  /** `map` is `hash-type map-based`, `ring` is `consistent`. */
  readonly lookup: "map" | "ring";
  readonly function: "sdbm" | "djb2" | "crc32";
  /** `hash-type consistent` has it where no function is named; with a function only where it is written. */
  readonly avalanche: boolean;
}

/** `hash-type consistent` as it stands, for a hash of `of`. */
export function consistentHash(of: HaproxyHash["of"]): HaproxyHash {
  return { kind: "hash", of, lookup: "ring", function: "sdbm", avalanche: true };
}

export function hashChooser(method: HaproxyHash, all: readonly PoolServer[]): Chooser {
  const table = tableOf(method.lookup, all);
  const mix = (hash: number) => (method.avalanche ? avalanche(hash) : hash);
  const hashOf = remembered((text) => mix(method.of === "address" ? addressHash(text) : functions[method.function](utf8(method.of === "uri" ? (text.split("?", 1)[0] ?? "") : text))));
  return {
    choose: (key, address, avoid) => {
      const text = (method.of === "address" ? address : key) ?? "";
      // A request without the value takes the next server, by the table or by a walk round the ring.
      return text === "" ? table.next(avoid) : table.at(hashOf(text), avoid);
    },
    changed: () => undefined,
    replaced: table.rebuild,
  };
}

interface Table {
  readonly at: (hash: number, avoid: PoolServer | undefined) => PoolServer | undefined;
  readonly next: (avoid: PoolServer | undefined) => PoolServer | undefined;
  readonly rebuild: (inPlay: readonly PoolServer[]) => void;
}

function tableOf(lookup: HaproxyHash["lookup"], all: readonly PoolServer[]): Table {
  if (lookup === "map") return serverMap(all);
  const { nearest, next, rebuild } = serverRing(all);
  return { at: nearest, next, rebuild };
}

const functions = { sdbm, djb2, crc32: (bytes: readonly number[]) => crc32(bytes) } as const;

/** The address in words of 32 bits, combined by exclusive or. */
function addressHash(address: string): number {
  const bytes = addressBytes(address);
  let hash = 0;
  for (let at = 0; at + 3 < bytes.length; at += 4) {
    hash ^= ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  }
  return hash >>> 0;
}
