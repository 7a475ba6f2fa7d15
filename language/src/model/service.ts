/** Services (what clients reach) of the resolved policy. Units as in policy.ts. */
import type { Range } from "../text/range.ts";
import type { Backend, Origin } from "./policy.ts";

export interface Listener {
  /** Undefined: every address. Without brackets for IPv6. */
  readonly address?: string;
  readonly port: number;
  readonly tls?: ListenerTls;
  readonly http2: boolean;
  readonly origin: Origin;
}

export type ListenerTls =
  | { readonly kind: "files"; readonly certificate: string; readonly key: string }
  | { readonly kind: "secret"; readonly name: string };

/** `share` is a fraction; undefined where no member of the split has one (then there is one destination, or equal parts). */
export interface Destination {
  readonly backend: Backend;
  readonly share?: number;
  readonly origin: Origin;
}

export interface Route {
  readonly path: string;
  readonly match: "prefix" | "exact" | "regex";
  readonly method?: string;
  readonly header?: { readonly name: string; readonly value: string };
  readonly to: readonly Destination[];
  readonly cacheSeconds?: number;
  readonly origin: Origin;
}

export type LimitKey = { readonly kind: "client_ip" | "everyone" } | { readonly kind: "header"; readonly name: string };

export type Limit =
  | { readonly kind: "rate"; readonly ratePerSecond: number; readonly burst: number; readonly nodelay: boolean; readonly by: LimitKey; readonly status: number; readonly origin: Origin }
  | { readonly kind: "connections"; readonly count: number; readonly by: LimitKey; readonly status: number; readonly origin: Origin };

export interface HeaderRule {
  readonly on: "request" | "response";
  readonly action: "set" | "add" | "remove";
  readonly name: string;
  readonly value?: string;
  readonly origin: Origin;
}

export interface Service {
  readonly name: string;
  readonly documentation?: string;
  readonly listeners: readonly Listener[];
  readonly hosts: readonly string[];
  /** Where each of `hosts` was written. */
  readonly hostRanges?: readonly Range[];
  readonly redirect?: { readonly except: readonly string[]; readonly origin: Origin };
  /** `to BACKEND …`: everything. Exclusive with `routes`. */
  readonly to: readonly Destination[];
  /** In file order; matching order is exact, then regex in file order, then the longest prefix. */
  readonly routes: readonly Route[];
  readonly limits: readonly Limit[];
  readonly compress: boolean;
  readonly headers: readonly HeaderRule[];
  /** Bytes; undefined: no limit. */
  readonly bodyLimitBytes?: number;
  readonly trustProxies: readonly string[];
  readonly metricsPort?: number;
  readonly metricsRange?: Range;
  readonly origin: Origin;
}
