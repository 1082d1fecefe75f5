import assert from "node:assert/strict";
import { test } from "node:test";
import { KeepaliveInterval } from "../src/keepalive.ts";

test("no client pings more often than every 10 s", () => {
  assert.equal(new KeepaliveInterval(1).ms, 10_000);
  assert.equal(new KeepaliveInterval(60_000).ms, 60_000);
  assert.equal(new KeepaliveInterval(Infinity).ms, Infinity);
});

test("too many pings double the interval, once for all connections that used it", () => {
  const interval = new KeepaliveInterval(30_000);
  for (let i = 0; i < 5; i++) interval.tooManyPings(30_000);
  assert.equal(interval.ms, 60_000);
  interval.tooManyPings(60_000);
  interval.tooManyPings(30_000);
  assert.equal(interval.ms, 120_000);
});
