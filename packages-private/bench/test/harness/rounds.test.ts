import assert from "node:assert/strict";
import { test } from "node:test";
import { alternate } from "../../src/harness/rounds.ts";

test("contenders take turns, and the order is turned round each time", async () => {
  const turns: string[] = [];
  const contender = (name: string) => ({
    name,
    measure: async () => turns.push(name),
  });
  const samples = await alternate([contender("a"), contender("b"), contender("c")], 3);
  assert.deepEqual(turns, ["a", "b", "c", "c", "b", "a", "a", "b", "c"]);
  assert.deepEqual(samples.get("a"), [1, 6, 7]);
});

test("a window that fails fails the measurement", async () => {
  const broken = { name: "x", measure: () => Promise.reject(new Error("refused")) };
  await assert.rejects(alternate([broken], 1), /refused/);
});
