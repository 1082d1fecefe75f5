import assert from "node:assert/strict";
import { test } from "node:test";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { Balanced, endpoint } from "../support/balanced.ts";

const one = "10.0.0.1:50051";
const two = "10.0.0.2:50051";
const three = "10.0.0.3:50051";

test("the first address that connects gets all calls, and the others aren't tried", () => {
  const balanced = new Balanced(pickFirst());
  balanced.update(one, two, three);
  balanced.advance(10_000);
  assert.deepEqual(balanced.network.attempts, [{ address: one, at: 0 }]);
  assert.deepEqual([...new Set(balanced.calls(100))], [one]);
});

test("an address that is silent for 250 ms gets company, and the first to answer wins", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.server(one).latencyMs = 1_000;
  balanced.network.server(two).latencyMs = 600;
  balanced.network.server(three).latencyMs = 600;
  balanced.update(one, two, three);
  balanced.advance(700);
  assert.deepEqual(balanced.network.attempts, [
    { address: one, at: 0 },
    { address: two, at: 250 },
    { address: three, at: 500 },
  ]);
  balanced.advance(300);
  assert.deepEqual(balanced.calls(1), [two]);
  assert.deepEqual(balanced.network.used, [two], "the others are given up");
});

test("an address that refuses is followed by the next at once", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.stop(one);
  balanced.network.stop(two);
  balanced.update(one, two, three);
  balanced.advance(10);
  assert.deepEqual(
    balanced.network.attempts.map(({ at }) => at),
    [0, 1, 2],
  );
  assert.deepEqual(balanced.calls(1), [three]);
});

test("an earlier address that refuses doesn't hurry the one that is being waited for", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.server(one).answers = "refuses";
  balanced.network.server(one).latencyMs = 300;
  balanced.network.server(two).answers = "is silent";
  balanced.update(one, two, three);
  balanced.advance(1_000);
  assert.deepEqual(
    balanced.network.attempts.map(({ at }) => at),
    [0, 250, 500],
  );
});

test("the delay between attempts can be set from 100 to 2,000 ms", () => {
  for (const [set, effective] of [
    [10, 100],
    [700, 700],
    [9_999, 2_000],
  ] as const) {
    const balanced = new Balanced(pickFirst({ connectionAttemptDelayMs: set }));
    balanced.network.server(one).answers = "is silent";
    balanced.update(one, two);
    balanced.advance(3_000);
    assert.deepEqual(balanced.network.attempts[1], { address: two, at: effective });
  }
});

test("families take turns, beginning with that of the first address", () => {
  const balanced = new Balanced(pickFirst());
  const addresses = ["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1", "10.0.0.2:1", "unix:/run/a"];
  for (const address of addresses) balanced.network.stop(address);
  balanced.update(...addresses);
  balanced.advance(100);
  assert.deepEqual(
    balanced.network.attempts.map(({ address }) => address),
    ["[::1]:1", "10.0.0.1:1", "unix:/run/a", "[::2]:1", "10.0.0.2:1", "[::3]:1"],
  );
});

test("a lost connection leads to IDLE, and the next call to a new pass from the top", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.stop(one);
  balanced.update(one, two);
  balanced.advance(100);
  balanced.network.start(one);
  balanced.network.drop(two);
  balanced.advance(600_000);
  assert.equal(balanced.state, "IDLE");
  assert.equal(balanced.network.attempts.length, 2, "nobody asked for a connection");
  assert.equal(balanced.resolutions, 1);
  const call = balanced.call();
  assert.equal(balanced.state, "CONNECTING");
  balanced.advance(100);
  assert.equal(call.outcome, one);
});

test("asked to leave IDLE, it connects without a call", () => {
  const balanced = new Balanced(pickFirst());
  balanced.update(one);
  balanced.advance(10);
  balanced.network.drop(one);
  balanced.advance(10);
  balanced.balancer.exitIdle();
  balanced.balancer.exitIdle();
  balanced.advance(10);
  assert.equal(balanced.state, "READY");
  assert.equal(balanced.network.attempts.length, 2);
});

test("an update in IDLE connects to nothing", () => {
  const balanced = new Balanced(pickFirst());
  balanced.update(one);
  balanced.advance(10);
  balanced.network.drop(one);
  balanced.advance(10);
  balanced.update(two);
  balanced.advance(10_000);
  assert.equal(balanced.state, "IDLE");
  assert.equal(balanced.call().outcome, undefined);
  balanced.advance(10);
  assert.deepEqual(balanced.calls(1), [two]);
});

test("when all have failed, it asks for a resolution, and again after as many failures as addresses", () => {
  const balanced = new Balanced(pickFirst());
  for (const address of [one, two, three]) balanced.network.stop(address);
  balanced.update(one, two, three);
  balanced.advance(100);
  assert.equal(balanced.resolutions, 1);
  balanced.advance(1_400);
  assert.equal(balanced.network.attempts.length, 6);
  assert.equal(balanced.resolutions, 2);
});

test("in TRANSIENT_FAILURE every address is tried at its own pace, and the first to come back wins", () => {
  const balanced = new Balanced(pickFirst());
  for (const address of [one, two, three]) balanced.network.stop(address);
  balanced.update(one, two, three);
  balanced.advance(5_000);
  balanced.network.start(three);
  balanced.advance(20_000);
  assert.deepEqual(balanced.calls(1), [three]);
  assert.deepEqual(balanced.network.used, [three]);
});

test("the failure that calls are told of is the last one", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.server(one).answers = "is silent";
  balanced.network.stop(two);
  balanced.update(one, two);
  balanced.advance(20_000);
  assert.match(String(balanced.call().outcome), /2 addresses, last error ETIMEDOUT 10\.0\.0\.1:/);
  balanced.advance(1);
  assert.match(String(balanced.call().outcome), /last error ECONNREFUSED 10\.0\.0\.2:50051$/);
});

test("an update while it connects goes on with the addresses that stay", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.server(one).latencyMs = 500;
  balanced.update(two, one);
  balanced.network.server(two).answers = "is silent";
  balanced.update(three, one);
  balanced.network.server(three).answers = "is silent";
  balanced.advance(2_000);
  assert.deepEqual(balanced.calls(1), [one]);
  assert.deepEqual(
    balanced.network.attempts.map(({ address }) => address),
    [two, three, one],
  );
});

test("an attempt that is given up counts as one that failed", () => {
  const balanced = new Balanced(pickFirst());
  balanced.network.server(one).latencyMs = 200;
  balanced.update(one, two);
  balanced.advance(10);
  balanced.network.abandon(one);
  balanced.advance(10);
  assert.deepEqual(balanced.calls(1), [two]);
});

test("closed while IDLE, it isn't woken up by its last picker", () => {
  const balanced = new Balanced(pickFirst());
  balanced.update(one);
  balanced.advance(10);
  balanced.network.drop(one);
  balanced.advance(10);
  assert.equal(balanced.state, "IDLE");
  balanced.close();
  balanced.call();
  balanced.advance(1_000);
  assert.deepEqual(balanced.network.used, []);
});

test("shuffled, clients spread over the addresses, and endpoints keep theirs together", () => {
  const firsts = new Map<string, number>();
  for (let seed = 0; seed < 3_000; seed++) {
    const balanced = new Balanced(pickFirst({ shuffleAddressList: true }), seed);
    balanced.updateEndpoints([endpoint(one, "[::1]:1"), endpoint(two), endpoint(three)]);
    const first = String(balanced.network.attempts[0]?.address);
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  assert.deepEqual([...firsts.keys()].sort(), [one, two, three]);
  for (const count of firsts.values()) assert.ok(Math.abs(count - 1_000) < 100, `${count}`);
});

test("not shuffled, the order is the resolver's", () => {
  for (let seed = 0; seed < 100; seed++) {
    const balanced = new Balanced(pickFirst(), seed);
    balanced.update(two, one, three);
    assert.equal(balanced.network.attempts[0]?.address, two);
  }
});

test("of ten thousand addresses, only those that are tried cost a subchannel", () => {
  const balanced = new Balanced(pickFirst());
  const addresses = Array.from({ length: 10_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}:50051`);
  balanced.update(...addresses);
  balanced.advance(1_000);
  assert.deepEqual(balanced.network.used, [addresses[0]]);
});
