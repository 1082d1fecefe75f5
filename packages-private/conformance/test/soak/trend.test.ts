import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Reading } from "../../src/soak/measure.ts";
import { isFlat, reportTrends, slope, trendsOf } from "../../src/soak/trend.ts";

const MIB = 1_048_576;

/** Sixty readings of half an hour. @param change of the reading `at` so many seconds */
function readings(change: (at: number) => Partial<Reading> = () => ({})): Reading[] {
  return Array.from({ length: 60 }, (_, i) => {
    const seconds = (i + 1) * 30;
    const wobble = (i * 7919) % 13;
    const heap = 20 * MIB + wobble * 10_000;
    const flat = { seconds, heap, rss: 300 * MIB, handles: 200 + wobble, calls: 60 + wobble };
    return { ...flat, ...change(seconds) };
  });
}

function risingIn(run: readonly Reading[]): string[] {
  return trendsOf(run)
    .filter((trend) => !isFlat(trend))
    .map(({ bound }) => bound.figure);
}

suite("slope()", () => {
  test("of points on a line is the line's", () => {
    assert.equal(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
        [4, 9],
      ]),
      2,
    );
  });

  test("isn't moved by one point that is far off", () => {
    const points = Array.from({ length: 21 }, (_, x) => [x, x === 10 ? 1e6 : 2 * x] as const);
    assert.equal(slope(points), 2);
  });
});

suite("a run of half an hour", () => {
  test("whose figures waver is flat", () => {
    assert.deepEqual(risingIn(readings()), []);
  });

  test("that rises while it warms up is flat", () => {
    assert.deepEqual(risingIn(readings((at) => ({ rss: Math.min(at, 400) * MIB }))), []);
  });

  test("in which each of 5,000 calls a second leaves an octet behind rises", () => {
    assert.deepEqual(risingIn(readings((at) => ({ heap: 20 * MIB + at * 5000 }))), ["heap"]);
  });

  test("in which a socket stays open every half a minute rises", () => {
    assert.deepEqual(risingIn(readings((at) => ({ handles: 200 + at / 30 }))), ["handles"]);
  });

  test("in which one call a minute never ends, of thousands, is found at its end, not by its slope", () => {
    assert.deepEqual(risingIn(readings((at) => ({ calls: 60 + at / 60 }))), []);
  });
});

test("too few readings are no run", () => {
  assert.throws(() => trendsOf(readings().slice(0, 7)), /too few/);
});

test("the table names what rises, and the exit code is 1 then", (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal(reportTrends(readings()), 0);
  assert.equal(reportTrends(readings((at) => ({ rss: at * MIB }))), 1);
  const rows = log.mock.calls.map(({ arguments: [row] }) => String(row));
  assert.deepEqual(
    rows.filter((row) => row.endsWith("rises")).map((row) => row.split(" ")[0]),
    ["rss"],
  );
});
