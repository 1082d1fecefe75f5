import assert from "node:assert/strict";
import { test } from "node:test";
import { Fate, StreamMemory } from "../../src/stream/stream-memory.ts";

test("streams have ended unless something else is known of them", () => {
  const memory = new StreamMemory(10);
  memory.skip(0, 1);
  memory.skip(1, 3);
  memory.reset(3, Fate.RESET_BY_US, 0, 100);
  memory.reset(5, Fate.RESET_BY_PEER, 0, 100);
  assert.deepEqual(
    [1, 3, 5].map((id) => memory.fate(id, 5)),
    [Fate.ENDED, Fate.RESET_BY_US, Fate.RESET_BY_PEER],
  );
});

test("identifiers that were passed over are known to be", () => {
  const memory = new StreamMemory(10);
  memory.skip(0, 7);
  memory.skip(7, 9);
  memory.skip(9, 15);
  assert.deepEqual(
    [1, 3, 5, 7, 9, 11, 13, 15].filter((id) => memory.fate(id, 15) === Fate.SKIPPED),
    [1, 3, 5, 11, 13],
  );
});

test("skips of more identifiers than are remembered are remembered in part", () => {
  const memory = new StreamMemory(10);
  memory.skip(0, 1);
  memory.skip(1, 1_000_001);
  assert.equal(memory.fate(999_999, 1_000_001), Fate.SKIPPED);
  assert.equal(memory.fate(1_000_001, 1_000_001), Fate.ENDED);
  assert.equal(memory.fate(3, 1_000_001), Fate.ENDED, "too long ago");
});

test("when there are too many resets, the oldest are forgotten, and nothing as old is judged", () => {
  const memory = new StreamMemory(3);
  for (const id of [1, 3, 5, 7]) memory.reset(id, Fate.RESET_BY_US, 0, 0);
  assert.equal(memory.fate(1, 9), Fate.FORGOTTEN);
  assert.equal(memory.fate(3, 9), Fate.RESET_BY_US);
  assert.equal(memory.fate(9, 9), Fate.ENDED);
  memory.reset(7, Fate.RESET_BY_PEER, 0, 0);
  assert.equal(memory.fate(3, 9), Fate.RESET_BY_US, "the same stream again takes no place");
});
