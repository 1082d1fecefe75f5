import assert from "node:assert/strict";
import { test } from "node:test";
import { outcomeOf } from "../../src/h2spec/outcome.ts";
import { h2specSuite } from "../../src/h2spec/suite.ts";

test("a number of runs or a server that doesn't exist is refused before anything is built", async (t) => {
  const errors = t.mock.method(console, "error", () => {});
  for (const args of [
    ["--runs", "0"],
    ["--runs", "x"],
    ["--server", "nobody"],
    ["--server", "toString"],
  ]) {
    assert.equal(await h2specSuite.run(args), 2, args.join(" "));
  }
  assert.equal(errors.mock.callCount(), 4);
});

test("the last line of h2spec is the outcome, and what failed goes with it", () => {
  const failed = "…\nFailures: \n\n  × 5: half closed\n\nFinished in 1.0 seconds\n";
  assert.deepEqual(outcomeOf(`${failed}146 tests, 144 passed, 1 skipped, 1 failed`), {
    passed: 144,
    skipped: 1,
    failed: 1,
    failures: `${failed.slice(2)}146 tests, 144 passed, 1 skipped, 1 failed`,
  });
});

test("output without a result is no outcome", () => {
  assert.equal(outcomeOf("Error: connection refused"), undefined);
});
