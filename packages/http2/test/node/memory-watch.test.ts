import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryWatch } from "../../src/node/memory-watch.ts";
import type { MemoryLevel } from "../../src/node/memory-watch.ts";
import { TimingWheel } from "../../src/node/timing-wheel.ts";
import { VirtualClock } from "./testkit/virtual-clock.ts";

test("each second of short memory is told, and its end once", () => {
  const clock = new VirtualClock();
  const levels: MemoryLevel[] = [];
  let octets = 0;
  const watch = new MemoryWatch({
    softBytes: 100,
    hardBytes: 200,
    wheel: new TimingWheel(clock),
    resident: () => octets,
    onLevel: (level) => levels.push(level),
  });
  watch.start();
  for (octets of [99, 100, 199, 200, 150, 99, 0]) clock.advance(1016);
  assert.deepEqual(levels, ["high", "high", "critical", "high", "normal"]);
  assert.equal(watch.level, "normal");
  watch.stop();
  assert.equal(clock.pending, 0);
});

test("memory that is short at the start is told at once", () => {
  const levels: MemoryLevel[] = [];
  const watch = new MemoryWatch({
    softBytes: 1,
    hardBytes: 2,
    wheel: new TimingWheel(new VirtualClock()),
    onLevel: (level) => levels.push(level),
  });
  watch.start();
  watch.stop();
  assert.deepEqual(levels, ["critical"]);
});

test("without limits nobody looks", () => {
  const clock = new VirtualClock();
  const watch = new MemoryWatch({
    softBytes: Infinity,
    hardBytes: Infinity,
    wheel: new TimingWheel(clock),
    resident: () => assert.fail("looked"),
    onLevel: () => assert.fail("told"),
  });
  watch.start();
  assert.equal(clock.pending, 0);
});
