/** What a balancer is told and what it answers. One balancer stands for one worker process with its own state. */

export interface BalancedServer {
  readonly name: string;
  /** As in the configuration, port included: nginx's consistent hash depends on it. */
  readonly address: string;
  /** Whole, at least 1. */
  readonly weight: number;
  readonly backup?: boolean;
  readonly down?: boolean;
  /** Most requests in flight; none where left out. */
  readonly maxConnections?: number;
  /** nginx: out for `failSeconds` after so many failures within them; 0 is never. 1 and 10 where left out. */
  readonly maxFails?: number;
  readonly failSeconds?: number;
}

export interface PickRequest {
  /** What the hash looks at, as it stands in the request: URI, header, cookie. Absent or empty: the request has none. */
  readonly key?: string;
  /** Of the client, IPv4 or IPv6 without brackets. */
  readonly address?: string;
  /** Servers on which this request has failed already. */
  readonly tried?: ReadonlySet<number>;
}

/** `nowSeconds` never goes back. */
export interface Balancer {
  /**
   * The index of the server that gets the request, which counts as in flight there until `finish` or `fail`. Undefined where no server can take it now:
   * nginx answers with an error then, HAProxy lets the request wait.
   */
  readonly pick: (request: PickRequest, nowSeconds: number) => number | undefined;
  /** A request goes to this server without being asked where: by a cookie, or because it waited for it. Counts as in flight. */
  readonly assign: (index: number) => void;
  /** A request in flight was answered. */
  readonly finish: (index: number, nowSeconds: number) => void;
  /** A request in flight was refused, reset, or ran out of time. */
  readonly fail: (index: number, nowSeconds: number) => void;
  /** A member comes, goes, or is found healthy or not by a check. */
  readonly setDown: (index: number, down: boolean) => void;
  /** While `calm[0]` is 1, all that `finish` does is to lower the number in flight: a loop over millions of answers may do that itself. */
  readonly inFlight?: { readonly calm: Uint8Array; readonly counts: Int32Array };
}
