import assert from "node:assert/strict";
import { test } from "node:test";
import { leastRequest } from "../../src/balancer/least-request.ts";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { pickCost } from "../support/pick-cost.ts";

for (const policy of [pickFirst(), roundRobin(), leastRequest()]) {
  test(`${policy.name}: a pick of ten thousand addresses costs what one of ten does`, () => {
    // To look through them all would take a hundred times as long as this allows.
    const { fastest } = pickCost(policy, 10_000, 3);
    assert.ok(fastest < 1_500, `${fastest} ns`);
  });
}
