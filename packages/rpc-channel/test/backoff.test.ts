import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff, connectTimeout } from "../src/backoff.ts";
import { seeded } from "./support/random.ts";

const middle = (): number => 0.5;

test("delays are 1 s, 1.6 times as long each time, up to 120 s", () => {
  const backoff = new Backoff({}, middle);
  const delays = Array.from({ length: 13 }, () => Math.round(backoff.next()));
  assert.deepEqual(
    delays,
    [1000, 1600, 2560, 4096, 6554, 10486, 16777, 26844, 42950, 68719, 109951, 120000, 120000],
  );
});

test("chance makes every delay up to 20 % shorter or longer, and as often one as the other", () => {
  const random = seeded(7);
  const delays = Array.from({ length: 100_000 }, () => new Backoff({}, random).next());
  assert.ok(delays.every((delay) => delay >= 800 && delay < 1_200));
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  assert.ok(Math.abs(mean - 1_000) < 2, `${mean}`);
  assert.ok(Math.min(...delays.slice(0, 1_000)) < 810);
  assert.ok(Math.max(...delays.slice(0, 1_000)) > 1_190);
});

test("after a success it begins anew", () => {
  const backoff = new Backoff({}, middle);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 1_000);
});

test("a first delay beyond the longest is the longest", () => {
  assert.equal(new Backoff({ initialMs: 5_000, maxMs: 2_000 }, middle).next(), 2_000);
});

test("an attempt may take 20 s, or as long as the delay after it", () => {
  assert.equal(connectTimeout(1_000), 20_000);
  assert.equal(connectTimeout(45_000), 45_000);
  assert.equal(connectTimeout(1_000, 300), 1_000);
});
