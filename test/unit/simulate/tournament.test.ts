import assert from "node:assert/strict";
import { randomFrom } from "../../../language/src/simulate/random.ts";
import { Tournament } from "../../../language/src/simulate/requests/tournament.ts";

describe("the tournament of next ends", () => {
  it("knows the least of any number of times that rise, fall and go", () => {
    const random = randomFrom(5);
    for (let members = 1; members <= 20; members++) {
      const tournament = new Tournament(members);
      const times = Array.from({ length: members }, () => Infinity);
      assert.equal(tournament.firstAt(), Infinity);
      for (let step = 0; step < 300; step++) {
        const member = Math.floor(random.uniform() * members);
        // Few values, so that there are equals.
        const at = random.uniform() < 0.2 ? Infinity : Math.floor(random.uniform() * 8);
        times[member] = at;
        tournament.set(member, at);
        assert.equal(tournament.firstAt(), Math.min(...times));
        assert.equal(times[tournament.first()], Math.min(...times));
      }
    }
  });
});
