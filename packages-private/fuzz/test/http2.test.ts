import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedDifferences, reasonToDiffer } from "../src/http2/difference.ts";
import { fuzzWhile, http2 } from "../src/http2/suite.ts";

const SEED = 9113;
const ROUNDS = 40;

test(`${ROUNDS} rounds of changed sessions from a fixed seed find nothing, and leave the heap flat`, async () => {
  // Once around first: code and caches are part of no leak.
  await fuzzWhile((rounds) => rounds < 10, SEED);
  const before = process.memoryUsage().heapUsed;
  const { failure, rounds } = await fuzzWhile((done) => done < ROUNDS, SEED);
  assert.equal(failure?.error, undefined, `--seed ${failure?.seed}`);
  assert.equal(rounds, ROUNDS);
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 64 * 1_048_576, `${grown} octets of heap`);
});

test("the seed is printed, and the exit code is 0 where nothing was found", async (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal(await http2.run(["--seconds", "0.1", "--seed", "5"]), 0);
  assert.match(String(log.mock.calls[0]?.arguments[0]), /seed 5$/);
});

test("a difference is allowed only as it is listed, with its reason", () => {
  for (const { why } of allowedDifferences) assert.match(why, /\w+ \w+/);
  const zero = ["window_increment_zero"];
  assert.match(String(reasonToDiffer("x", zero, "stream error", "connection error")), /§6\.9/);
  assert.equal(reasonToDiffer("x", zero, "accepted", "connection error"), undefined);
  assert.equal(reasonToDiffer("x", [], "stream error", "connection error"), undefined);
});
