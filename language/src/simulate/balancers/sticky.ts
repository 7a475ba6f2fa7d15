/** Clients that come back to the server of their first request, as HAProxy's cookies and stick tables make them. */
import type { Balancer } from "./balancer.ts";

/**
 * `balancer`, but a client (by `by`) goes where it went before, while that server is up and has not just failed it. A request without the key, and the first of
 * a client, go as the balancer says.
 */
export function keepingClients(balancer: Balancer, by: "key" | "address"): Balancer {
  const servers = new Map<string, number>();
  const down = new Set<number>();
  return {
    pick: (request, nowSeconds) => {
      const client = request[by];
      const known = client === undefined ? undefined : servers.get(client);
      if (known !== undefined && !down.has(known) && request.tried?.has(known) !== true) {
        balancer.assign(known);
        return known;
      }
      const index = balancer.pick(request, nowSeconds);
      if (index !== undefined && client !== undefined) servers.set(client, index);
      return index;
    },
    assign: balancer.assign,
    finish: balancer.finish,
    fail: balancer.fail,
    setDown: (index, isDown) => {
      if (isDown) down.add(index);
      else down.delete(index);
      balancer.setDown(index, isDown);
    },
  };
}
