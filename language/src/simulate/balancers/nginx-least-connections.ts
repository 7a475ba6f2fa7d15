/** nginx's least_conn: fewest connections per weight; among several the smooth turn, over those only. As in nginx 1.22. */
import type { PickRequest } from "./balancer.ts";
import { isUsable, none, takeTurn } from "./nginx-peers.ts";
import type { PeerList, Peers } from "./nginx-peers.ts";

export function leastConnections(servers: number): (peers: Peers, list: PeerList, request: PickRequest, now: number) => number {
  const equals = new Int32Array(servers);
  return (peers, list, request, now) => {
    const index = peers.calm[0] === 1 && list.equalWeights && request.tried === undefined ? fewestOfLike(peers, list, equals) : unknown;
    return index === unknown ? fewestOf(peers, list.members, equals, request, now) : index;
  };
}

/** Has to be found out the long way. */
const unknown = -2;

function fewestOf(peers: Peers, members: Int32Array, equals: Int32Array, request: PickRequest, now: number): number {
  const { connections, maxConnections, weight } = peers;
  const isCalm = peers.calm[0] === 1 && request.tried === undefined;
  let count = 0;
  let bestConnections = 0;
  let bestWeight = 1;
  for (let place = 0; place < members.length; place++) {
    const index = members[place] ?? 0;
    const own = connections[index] ?? 0;
    const ownWeight = weight[index] ?? 1;
    // Most are passed over by their connections alone.
    const compared = (Math.imul(own, bestWeight) - Math.imul(bestConnections, ownWeight)) | 0;
    if (count > 0 && compared > 0) continue;
    if (isCalm ? own >= (maxConnections[index] ?? 0) : !isUsable(peers, index, request, now)) continue;
    if (compared < 0 || count === 0) {
      bestConnections = own;
      bestWeight = ownWeight;
      count = 0;
    }
    equals[count] = index;
    count = (count + 1) | 0;
  }
  return count === 0 ? none : count === 1 ? (equals[0] ?? none) : takeTurn(peers, equals, count, request, now);
}

/**
 * Where none is down and all weigh the same; `unknown` where one of the least busy has all the connections it may have. Which of them are least busy is as good as random, so that a processor would guess most branches wrong: the sign of a
 * difference as a mask (all ones or none) decides instead, which takes half the time.
 */
function fewestOfLike({ connections, currentWeight, weight }: Peers, { members, leastLimit }: PeerList, equals: Int32Array): number {
  const { length } = members;
  let fewest = 0x3fff_ffff;
  for (let place = 0; place < length; place++) {
    const less = ((connections[members[place] ?? 0] ?? 0) - fewest) | 0;
    fewest = (fewest + (less & (less >> 31))) | 0;
  }
  if (fewest >= leastLimit) return unknown;
  let count = 0;
  for (let place = 0; place < length; place++) {
    const index = members[place] ?? 0;
    equals[count] = index;
    // 1 where it has as few.
    count = (count + (((connections[index] ?? 0) - fewest - 1) >>> 31)) | 0;
  }
  // The smooth turn of these; alone in it a peer gains its weight and gives it back.
  let best = none;
  let most = -0x4000_0000;
  let total = 0;
  for (let place = 0; place < count; place++) {
    const index = equals[place] ?? 0;
    const own = weight[index] ?? 0;
    const current = ((currentWeight[index] ?? 0) + own) | 0;
    currentWeight[index] = current;
    total = (total + own) | 0;
    const more = ((most - current) | 0) >> 31;
    most = (most + ((current - most) & more)) | 0;
    best = (best + ((index - best) & more)) | 0;
  }
  if (best !== none) currentWeight[best] = most - total;
  return best;
}
