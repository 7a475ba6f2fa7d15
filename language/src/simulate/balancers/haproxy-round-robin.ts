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

/** @param all every server of the backend: active servers and backups each take turns among themselves */
export function weightedRoundRobin(all: readonly PoolServer[]): Chooser {
  const active = turns(all.filter((server) => !server.isBackup));
  const backup = turns(all.filter((server) => server.isBackup));
  return {
    choose: (_key, _address, avoid) => (active.isEmpty() ? backup : active).next(avoid),
    changed: () => undefined,
    replaced: () => {
      active.refresh();
      backup.refresh();
    },
  };
}

interface Turns {
  readonly isEmpty: () => boolean;
  readonly next: (avoid: PoolServer | undefined) => PoolServer | undefined;
  /** Takes notice of servers that went down or came back. */
  readonly refresh: () => void;
}

function turns(servers: readonly PoolServer[]): Turns {
  const slots = servers.map((server): Slot => ({ server, weight: server.weight * scale, tree: undefined, key: 0, stamp: 0, position: 0, remainder: 0 }));
  let stamp = 0;
  let initial: Tree = "first";
  let next: Tree = "second";

  const put = (slot: Slot, tree: Tree, key: number): void => {
    slot.tree = tree;
    slot.key = key;
    slot.stamp = stamp++;
  };
  const putByWeight = (slot: Slot, tree: Tree): void => put(slot, tree, mostWeight - slot.weight);

  let nextWeight = 0;
  for (const slot of slots) {
    if (slot.server.isDown) continue;
    nextWeight += slot.weight;
    putByWeight(slot, initial);
  }
  let currentWeight = nextWeight;
  let position = nextWeight;

  const first = (tree: Tree): Slot | undefined => {
    let best: Slot | undefined;
    for (const slot of slots) {
      if (slot.tree === tree && (best === undefined || slot.key < best.key || (slot.key === best.key && slot.stamp < best.stamp))) best = slot;
    }
    return best;
  };
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

  const take = (avoid: PoolServer | undefined): PoolServer | undefined => {
    const passed: Slot[] = [];
    let avoided: Slot | undefined;
    let chosen: Slot | undefined;
    let isSwitched = false;
    if (currentWeight === 0) {
      currentWeight = nextWeight;
      position = nextWeight;
    }
    while (chosen === undefined) {
      const slot = due();
      if (slot !== undefined) {
        move(slot);
        slot.tree = undefined;
        position += 1;
        if (hasRoom(slot.server) && (slot.server !== avoid || avoided !== undefined)) {
          chosen = slot;
        } else {
          if (hasRoom(slot.server)) avoided = slot;
          passed.push(slot);
        }
      } else if (!isSwitched) {
        isSwitched = true;
        [initial, next] = [next, initial];
        currentWeight = nextWeight;
        position = currentWeight;
      } else {
        chosen = avoided;
        break;
      }
    }
    if (chosen !== undefined) putByPosition(chosen);
    // Full and avoided ones keep their place; where the round has ended meanwhile it is lost, and only their weight counts.
    for (const slot of passed.reverse()) {
      if (slot === chosen) continue;
      if (isSwitched) putByWeight(slot, initial);
      else putByPosition(slot);
    }
    return chosen?.server;
  };

  return {
    isEmpty: () => servers.every((server) => server.isDown),
    next: take,
    refresh: () => {
      for (const slot of slots) {
        const isOut = slot.tree === undefined;
        if (slot.server.isDown === isOut) continue;
        if (isOut) {
          nextWeight += slot.weight;
          slot.position = position + Math.trunc((nextWeight + currentWeight - position) / slot.weight);
          putByPosition(slot);
        } else {
          nextWeight -= slot.weight;
          slot.tree = undefined;
        }
      }
    },
  };
}
