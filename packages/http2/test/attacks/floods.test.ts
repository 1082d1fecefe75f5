import { after, before, describe, test } from "node:test";
import { attackOn, attackOnClient, assertBudget } from "./testkit/fight.ts";
import { floods, priorityUpdates } from "./testkit/floods.ts";
import { VictimClient, VictimServer } from "./testkit/victim.ts";
import { request } from "./testkit/blocks.ts";

// RFC 9113 §10.5: frames that are right one by one, and wrong in their number.

describe("a server", () => {
  let victim: VictimServer;
  before(() => {
    victim = new VictimServer();
  });
  after(() => victim[Symbol.asyncDispose]());

  for (const flood of [...floods, priorityUpdates]) {
    test(`a client's flood of ${flood.of} ends with ${flood.token}`, async () => {
      const aftermath = await attackOn(victim, {
        ...flood,
        opening: async (peer) => {
          peer.send(request(1, "/hold", { endStream: false }));
          await flood.opening?.(peer);
        },
      });
      assertBudget(aftermath, flood.code, flood.token, flood.frames);
    });
  }
});

describe("a client", () => {
  let victim: VictimClient;
  before(() => {
    victim = new VictimClient();
  });
  after(() => victim[Symbol.asyncDispose]());

  for (const flood of floods) {
    test(`a server's flood of ${flood.of} ends with ${flood.token}`, async () => {
      const aftermath = await attackOnClient(victim, flood);
      assertBudget(aftermath, flood.code, flood.token, flood.frames);
    });
  }
});
