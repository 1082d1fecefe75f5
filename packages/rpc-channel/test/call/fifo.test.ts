import assert from "node:assert/strict";
import { test } from "node:test";
import { Fifo } from "../../src/call/fifo.ts";

// The naive twin is an array with push() and shift().

test("gives what an array would, whatever comes and goes in between", () => {
  const fifo = new Fifo<number>();
  const naive: number[] = [];
  let next = 0;
  // It grows and shrinks, so that the first stands at every place when there is no more room.
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < (round * 7) % 61; i++) {
      fifo.push(next);
      naive.push(next++);
    }
    for (let i = 0; i < (round * 5) % 53; i++) {
      assert.equal(fifo.peek(), naive[0]);
      assert.equal(fifo.shift(), naive.shift());
      assert.equal(fifo.size, naive.length);
    }
  }
  while (naive.length > 0) assert.equal(fifo.shift(), naive.shift());
  assert.equal(fifo.shift(), undefined);
  assert.equal(fifo.peek(), undefined);
});

test("is empty when it has been cleared, and can be filled again", () => {
  const fifo = new Fifo<string>();
  for (let i = 0; i < 40; i++) fifo.push(`${i}`);
  fifo.clear();
  assert.equal(fifo.size, 0);
  assert.equal(fifo.shift(), undefined);
  fifo.push("again");
  assert.equal(fifo.shift(), "again");
});
