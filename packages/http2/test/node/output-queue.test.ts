import assert from "node:assert/strict";
import { Writable } from "node:stream";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { OutputQueue } from "../../src/node/output-queue.ts";
import type { OutputSource } from "../../src/node/output-queue.ts";

/** A socket that takes what it is told to take. */
class Sink extends Writable {
  /** The size of each write that reached the socket. */
  readonly writes: number[] = [];
  readonly octets: number[] = [];
  /** Ends the write that is under way. */
  drain: () => void = () => {};
  readonly #waits: boolean;

  constructor(waits: boolean) {
    super({ highWaterMark: 1 });
    this.#waits = waits;
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    const sizes = chunks.map(({ chunk }) => chunk.length);
    this.writes.push(sizes.reduce((sum, size) => sum + size, 0));
    for (const { chunk } of chunks) this.octets.push(chunk[0] ?? -1);
    if (this.#waits) {
      this.drain = () => callback();
    } else {
      callback();
    }
  }

  override _write(
    chunk: Buffer,
    _encoding: string,
    callback: (error?: Error | null) => void,
  ): void {
    this._writev([{ chunk }], callback);
  }
}

/** Has one list of buffers to give, then nothing. */
function sourceOf(buffers: Uint8Array[]): OutputSource {
  let left = buffers;
  return {
    get outputPending() {
      return left.length > 0;
    },
    takeOutput: () => {
      const taken = left;
      left = [];
      return taken;
    },
  };
}

const KIB = 1024;

test("many buffers leave in one write, in order", () => {
  const sink = new Sink(false);
  const queue = new OutputQueue(sink as Writable as Duplex, () => assert.fail("nothing waited"));
  const buffers = [1, 2, 3].map((value) => new Uint8Array(100).fill(value));
  assert.equal(queue.write(sourceOf(buffers)), 300);
  assert.deepEqual(sink.writes, [300]);
  assert.deepEqual(sink.octets, [1, 2, 3]);
  assert.equal(queue.unsent, 0);
});

test("more than a portion waits until the first has left, and each step is told", () => {
  const sink = new Sink(true);
  let told = 0;
  const queue = new OutputQueue(sink as Writable as Duplex, () => {
    told++;
    queue.write(source);
  });
  const source = sourceOf(Array.from({ length: 40 }, () => new Uint8Array(16 * KIB)));
  assert.equal(queue.write(source), 640 * KIB);
  const unsent = [queue.unsent];
  while (queue.unsent > 0) {
    sink.drain();
    unsent.push(queue.unsent);
  }
  assert.deepEqual(
    unsent.map((octets) => octets / KIB),
    [640, 384, 128, 0],
  );
  assert.deepEqual(
    sink.writes.map((octets) => octets / KIB),
    [256, 256, 128],
  );
  assert.equal(told, 3);
});

test("a buffer larger than a portion leaves by itself", () => {
  const sink = new Sink(false);
  const queue = new OutputQueue(sink as Writable as Duplex, () => {});
  const sizes = [10, 900 * KIB, 20];
  queue.write(sourceOf(sizes.map((size) => new Uint8Array(size))));
  assert.deepEqual(sink.writes, [10, 900 * KIB, 20]);
});

test("a source that promises output and gives none is asked once", () => {
  const queue = new OutputQueue(new Sink(false) as Writable as Duplex, () => {});
  let asked = 0;
  const taken = queue.write({
    outputPending: true,
    takeOutput: () => {
      asked++;
      return [];
    },
  });
  assert.equal(taken, 0);
  assert.equal(asked, 1);
});

test("after clear() nothing is unsent and nothing is told", () => {
  const sink = new Sink(true);
  const queue = new OutputQueue(sink as Writable as Duplex, () => assert.fail("told"));
  queue.write(sourceOf([new Uint8Array(10)]));
  assert.equal(queue.unsent, 10);
  queue.clear();
  sink.drain();
  assert.equal(queue.unsent, 0);
});
