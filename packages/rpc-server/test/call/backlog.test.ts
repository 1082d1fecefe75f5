import assert from "node:assert/strict";
import test from "node:test";
import { Backlog } from "../../src/call/backlog.ts";
import { Random } from "../differential/random.ts";

test("what is read is what was pushed, in whatever parts", () => {
  const random = new Random(5);
  const backlog = new Backlog();
  const pushed: number[] = [];
  const read: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const chunk = random.bytes(random.below(random.chance(0.05) ? 20_000 : 40));
    backlog.push(chunk, 0, chunk.length);
    pushed.push(...chunk);
    chunk.fill(0);
    while (backlog.size > 0 && random.chance(0.6)) {
      backlog.read(random.below(500) + 1, (bytes, start, end) => {
        read.push(...bytes.subarray(start, end));
      });
    }
    assert.equal(backlog.size, pushed.length - read.length);
  }
  while (backlog.size > 0) {
    backlog.read(Infinity, (bytes, start, end) => read.push(...bytes.subarray(start, end)));
  }
  assert.deepEqual(read, pushed);
  assert.equal(
    backlog.read(1, () => assert.fail("nothing is left")),
    0,
  );
});

test("octets that were read don't change when more is pushed", () => {
  const backlog = new Backlog();
  const views: Uint8Array[] = [];
  for (let i = 0; i < 100; i++) backlog.push(Uint8Array.of(i, i), 0, 2);
  backlog.read(50, (bytes, start, end) => views.push(bytes.subarray(start, end)));
  const before = views.map((view) => Array.from(view));
  for (let i = 0; i < 9000; i++) backlog.push(Uint8Array.of(255), 0, 1);
  assert.deepEqual(
    views.map((view) => Array.from(view)),
    before,
  );
});
