/** samples/shop as a resolved policy: three members with weights 2:1:1 behind a service. */
import type { Policy } from "../../language/src/model/policy.ts";
import { backend, destination, listener, originAt, policy, server, service, strategy } from "./policy-parts.ts";

/** Members and listener as the sample has them, unless a test puts its own programs there. */
export interface ShopPlaces {
  readonly listen: string | number;
  readonly members: readonly [string, string, string];
}

export const samplePlaces: ShopPlaces = { listen: 8080, members: ["10.0.0.11:5000", "10.0.0.12:5000", "10.0.0.13:5000"] };

export function shopPolicy(places: ShopPlaces = samplePlaces): Policy {
  const [a, b, c] = places.members;
  const shop = backend("shop", [
    server("a", a, { weight: 2, capacityPerSecond: 600, origin: originAt(130, 190) }),
    server("b", b, { capacityPerSecond: 300, origin: originAt(193, 250) }),
    server("c", c, { capacityPerSecond: 300, origin: originAt(253, 310) }),
  ], {
    strategy: strategy({ name: "fair", retry: { count: 1, on: ["error", "timeout"], unsafe: false, origin: originAt(460, 490) }, origin: originAt(420, 495) }),
    passiveHealth: { fall: 3, seconds: 10, origin: originAt(315, 345) },
    timeouts: { connectSeconds: 1, readSeconds: 30, sendSeconds: 60, queueSeconds: 5, idleSeconds: 60, origin: originAt(350, 380) },
    keepalive: 64,
    origin: originAt(84, 400),
  });
  const front = service("front", [listener(places.listen, { origin: originAt(515, 526) })], { hosts: ["shop.example.com"], to: [destination(shop)], origin: originAt(498, 580) });
  return policy([shop], [front]);
}
