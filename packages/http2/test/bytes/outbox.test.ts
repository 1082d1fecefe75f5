import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Outbox } from "../../src/bytes/outbox.ts";
import { SLAB_SIZE, SlabPool } from "../../src/bytes/slab-pool.ts";

/** A pool that counts the slabs that it made. */
function countingPool(): { pool: SlabPool; made: Uint8Array[] } {
  const made: Uint8Array[] = [];
  const pool = new SlabPool((size) => {
    const slab = new Uint8Array(size);
    made.push(slab);
    return slab;
  });
  return { pool, made };
}

/** Writes `length` octets of `value` in place. */
function write(outbox: Outbox, length: number, value: number): void {
  const offset = outbox.reserve(length);
  outbox.slab.fill(value, offset, offset + length);
  outbox.commit(length);
}

function joined(chunks: readonly Uint8Array[]): number[] {
  return chunks.flatMap((chunk) => [...chunk]);
}

test("an outbox to which nothing was appended has nothing, and holds no slab", () => {
  const { pool, made } = countingPool();
  const outbox = new Outbox(pool);
  assert.equal(outbox.size, 0);
  assert.deepEqual(outbox.take(), []);
  assert.equal(made.length, 0);
});

test("what is written side by side leaves in one piece", () => {
  const outbox = new Outbox(new SlabPool());
  write(outbox, 2, 1);
  write(outbox, 3, 2);
  outbox.append(Uint8Array.of(9, 3, 4, 9), 1, 3);
  assert.equal(outbox.size, 7);
  assert.deepEqual(outbox.take(), [Uint8Array.of(1, 1, 2, 2, 2, 3, 4)]);
  assert.equal(outbox.size, 0);
  assert.deepEqual(outbox.take(), []);
});

test("less may be committed than was reserved", () => {
  const outbox = new Outbox(new SlabPool());
  const offset = outbox.reserve(100);
  outbox.slab[offset] = 1;
  outbox.commit(1);
  write(outbox, 1, 2);
  assert.deepEqual(joined(outbox.take()), [1, 2]);
});

test("what is appended by reference leaves as it is, in its place", () => {
  const outbox = new Outbox(new SlabPool());
  const payload = new Uint8Array(5000).fill(7);
  write(outbox, 1, 1);
  outbox.appendReference(payload);
  write(outbox, 1, 2);
  outbox.appendReference(new Uint8Array(0));
  assert.equal(outbox.size, 5002);
  const chunks = outbox.take();
  assert.equal(chunks.length, 3);
  assert.equal(chunks[1], payload);
  assert.deepEqual([chunks[0], chunks[2]], [Uint8Array.of(1), Uint8Array.of(2)]);
});

test("more than a slab holds is copied across several", () => {
  const outbox = new Outbox(new SlabPool());
  write(outbox, 10, 1);
  const payload = Uint8Array.from({ length: 3 * SLAB_SIZE + 5 }, (_, i) => i % 251);
  outbox.append(payload, 3, payload.length);
  write(outbox, 10, 2);
  assert.equal(outbox.size, payload.length - 3 + 20);
  assert.deepEqual(joined(outbox.take()), [
    ...Array.from({ length: 10 }, () => 1),
    ...payload.subarray(3),
    ...Array.from({ length: 10 }, () => 2),
  ]);
});

test("a whole slab can be reserved at once, and more can't", () => {
  const outbox = new Outbox(new SlabPool());
  write(outbox, 1, 1);
  write(outbox, SLAB_SIZE, 2);
  assert.equal(outbox.size, SLAB_SIZE + 1);
  assert.throws(() => outbox.reserve(SLAB_SIZE + 1), RangeError);
});

suite("the slabs", () => {
  test("what was taken is never written again", () => {
    const { pool } = countingPool();
    const outboxes = [new Outbox(pool), new Outbox(pool), new Outbox(pool)];
    const taken: { chunk: Uint8Array; value: number }[] = [];
    for (let i = 1; i < 3000; i++) {
      const outbox = outboxes[i % 3] as Outbox;
      const value = i % 250;
      write(outbox, (i * 37) % 500, value);
      for (const chunk of outbox.take()) taken.push({ chunk, value });
    }
    for (const { chunk, value } of taken) assert.ok(chunk.every((octet) => octet === value));
  });

  test("are filled to the end over many turns before another is made", () => {
    const { pool, made } = countingPool();
    const outbox = new Outbox(pool);
    for (let i = 0; i < 100; i++) {
      write(outbox, 140, 1);
      outbox.take();
    }
    assert.equal(made.length, 1);
  });

  test("pass from one outbox to the next, and two outboxes at once have their own", () => {
    const { pool, made } = countingPool();
    const one = new Outbox(pool);
    const two = new Outbox(pool);
    write(one, 10, 1);
    one.take();
    write(two, 10, 2);
    assert.equal(made.length, 1);
    write(one, 10, 3);
    assert.equal(made.length, 2);
    assert.deepEqual(
      joined(two.take()),
      Array.from({ length: 10 }, () => 2),
    );
    assert.deepEqual(
      joined(one.take()),
      Array.from({ length: 10 }, () => 3),
    );
  });
});
