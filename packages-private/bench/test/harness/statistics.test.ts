import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile, significant, summarize } from "../../src/harness/statistics.ts";

test("a summary has the median and the range, whatever the order of the samples", () => {
  const { median, low, high } = summarize([9, 1, 5]);
  assert.deepEqual({ median, low, high }, { median: 5, low: 1, high: 9 });
});

test("the median of an even number of samples lies between the middle two", () => {
  assert.equal(summarize([1, 2, 4, 8]).median, 3);
});

test("a percentile is interpolated between its neighbours", () => {
  const samples = Array.from({ length: 101 }, (_, index) => index);
  assert.equal(percentile(samples, 0.99), 99);
  assert.equal(percentile([0, 10], 0.25), 2.5);
});

test("nothing measured is an error, not a figure", () => {
  assert.throws(() => summarize([]), RangeError);
});

test("figures keep three digits", () => {
  assert.equal(significant(1234.5), 1230);
  assert.equal(significant(0.0012345), 0.00123);
});
