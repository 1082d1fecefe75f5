import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamRecord } from "../../src/stream/record.ts";
import type { StreamHost } from "../../src/stream/record.ts";
import { StreamTable } from "../../src/stream/table.ts";
import { InitialWindow, ReceiveWindow, SendWindow } from "../../src/stream/window.ts";

const host = {} as StreamHost;
const window = new InitialWindow(1);
const record = (id: number): StreamRecord =>
  new StreamRecord(id, host, new SendWindow(window), new ReceiveWindow(window));

/** A generator of numbers in [0, 1) that always gives the same ones: mulberry32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("the table says the same as a map, whatever comes, stays and goes", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = numbers(seed);
    const table = new StreamTable();
    const map = new Map<number, StreamRecord>();
    let next = 1;
    for (let step = 0; step < 3000; step++) {
      if (random() < 0.55) {
        next += 2 * Math.ceil(random() ** 4 * 3000);
        const stream = record(next);
        table.add(stream);
        map.set(next, stream);
      } else {
        const ids = [...map.keys()];
        const id = ids[Math.floor(random() * ids.length)] ?? 0;
        const stream = map.get(id);
        if (stream !== undefined) assert.equal(table.remove(stream), map.delete(id));
      }
      const probe = 1 + 2 * Math.floor((random() * next) / 2);
      assert.equal(table.get(probe), map.get(probe), `seed ${seed}`);
      assert.equal(table.size, map.size);
    }
    assert.deepEqual(
      table.all().map(({ id }) => id),
      [...map.keys()].sort((a, b) => a - b),
    );
  }
});

test("a stream that isn't there can't be removed", () => {
  const table = new StreamTable();
  assert.equal(table.remove(record(1)), false);
  table.add(record(1));
  assert.equal(table.remove(record(33)), false, "another one in the same place");
  assert.equal(table.size, 1);
});
