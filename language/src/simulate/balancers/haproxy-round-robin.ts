/**
 * HAProxy's dynamic `roundrobin`: every server has a next slot, W/w turns after its last. Servers that have not had their turn in this
 * round wait in a tree ordered by weight and fill the slots nobody claims; those whose slot lies beyond the round move to the next one.
 */
import { hasRoom } from "./haproxy-pool.ts";
import type { Chooser, PoolServer } from "./haproxy-pool.ts";

const scale = 16;
const mostWeight = 4096;

type Tree = "current" | "first" | "second";

interface Slot {
  readonly server: PoolServer;
  readonly weight: number;
  tree: Tree | undefined;
  key: number;
  /** Orders equal keys by the time they were put in. */
  stamp: number;
  position: number;
  remainder: number;
}

export function weightedRoundRobin(): Chooser {
  let slots = new Map<PoolServer, Slot>();
  let stamp = 0;
  let initial: Tree = "first";
  let next: Tree = "second";
  let position = 0;
  let currentWeight = 0;
  let nextWeight = 0;

  const first = (tree: Tree): Slot | undefined => {
    let best: Slot | undefined;
    for (const slot of slots.values()) {
      if (slot.tree === tree && (best === undefined || slot.key < best.key || (slot.key === best.key && slot.stamp < best.stamp))) best = slot;
    }
    return best;
  };
  const put = (slot: Slot, tree: Tree, key: number): void => {
    slot.tree = tree;
    slot.key = key;
    slot.stamp = stamp++;
  };
  const putByWeight = (slot: Slot, tree: Tree): void => put(slot, tree, mostWeight - slot.weight);
  const putByPosition = (slot: Slot): void => {
    if (slot.position >= 2 * currentWeight || slot.position >= currentWeight + nextWeight) {
      slot.position -= currentWeight;
      putByWeight(slot, next);
    } else {
      put(slot, "current", 256 * slot.position + Math.trunc((mostWeight + slot.remainder - slot.weight) / scale));
    }
  };
  const due = (): Slot | undefined => {
    const waiting = first("current");
    if (waiting !== undefined && waiting.position <= position) return waiting;
    const fresh = first(initial);
    if (fresh === undefined) return waiting;
    fresh.position = 0;
    fresh.remainder = 0;
    return fresh;
  };
  const move = (slot: Slot): void => {
    if (slot.position === 0) slot.position = position;
    slot.position += Math.trunc(nextWeight / slot.weight);
    slot.remainder += nextWeight % slot.weight;
    if (slot.remainder >= slot.weight) {
      slot.remainder -= slot.weight;
      slot.position += 1;
    }
  };

  return {
    choose: (_key, _address, avoid) => {
      const passed: Slot[] = [];
      let avoided: Slot | undefined;
      let chosen: Slot | undefined;
      for (let isSwitched = false; chosen === undefined; ) {
        const slot = due();
        if (slot === undefined) {
          if (isSwitched) {
            chosen = avoided;
            break;
          }
          isSwitched = true;
          [initial, next] = [next, initial];
          currentWeight = nextWeight;
          position = currentWeight;
          continue;
        }
        move(slot);
        slot.tree = undefined;
        position += 1;
        if (hasRoom(slot.server) && (slot.server !== avoid || avoided !== undefined)) {
          chosen = slot;
        } else {
          if (hasRoom(slot.server)) avoided = slot;
          passed.push(slot);
        }
      }
      if (chosen !== undefined) putByPosition(chosen);
      for (const slot of passed.reverse()) if (slot !== chosen) putByPosition(slot);
      return chosen?.server;
    },
    changed: () => undefined,
    replaced: (inPlay) => {
      const isStart = slots.size === 0;
      const before = slots;
      slots = new Map();
      nextWeight = inPlay.reduce((sum, server) => sum + server.weight * scale, 0);
      if (isStart) {
        currentWeight = nextWeight;
        position = nextWeight;
      }
      for (const server of inPlay) {
        const kept = before.get(server);
        const slot = kept ?? { server, weight: server.weight * scale, tree: undefined, key: 0, stamp: 0, position: 0, remainder: 0 };
        slots.set(server, slot);
        if (kept !== undefined) continue;
        if (isStart) {
          putByWeight(slot, initial);
        } else {
          slot.position = position;
          putByPosition(slot);
        }
      }
    },
  };
}
