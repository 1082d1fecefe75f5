import assert from "node:assert/strict";
import { test } from "node:test";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import { shardedBalancer } from "../../src/balancer/endpoint-shards.ts";
import { waitingPicker } from "../../src/balancer/picker.ts";
import { rotatingPicker, roundRobin } from "../../src/balancer/round-robin.ts";
import { Balanced, endpoint } from "../support/balanced.ts";

const addresses = Array.from({ length: 5 }, (_, i) => `10.0.0.${i + 1}:50051`);

test("every server gets the same number of calls, one after the other", () => {
  const balanced = new Balanced(roundRobin());
  balanced.update(...addresses);
  balanced.advance(10);
  const picks = balanced.calls(50);
  const start = addresses.indexOf(picks[0] ?? "");
  assert.deepEqual(
    picks,
    picks.map((_, i) => addresses[(start + i) % 5]),
  );
});

test("clients don't all begin with the same server", () => {
  const firsts = Array.from({ length: 50 }, (_, seed) => {
    const balanced = new Balanced(roundRobin(), seed);
    balanced.update(...addresses);
    balanced.advance(10);
    return balanced.calls(1)[0];
  });
  assert.deepEqual(new Set(firsts), new Set(addresses));
});

test("a server that breaks its connection is connected to again without a call", () => {
  const balanced = new Balanced(roundRobin());
  balanced.update(...addresses);
  balanced.advance(10);
  balanced.network.drop(addresses[2] ?? "");
  balanced.advance(10);
  assert.deepEqual(balanced.network.connected, addresses);
  assert.equal(balanced.state, "READY");
  assert.equal(new Set(balanced.calls(5)).size, 5);
});

test("calls begin with the first server that is there, and spread as others come", () => {
  const balanced = new Balanced(roundRobin());
  for (const [i, address] of addresses.entries()) {
    balanced.network.server(address).latencyMs = 10 * (i + 1);
  }
  balanced.update(...addresses);
  for (let i = 1; i <= 5; i++) {
    balanced.advance(10);
    assert.equal(new Set(balanced.calls(10)).size, i);
  }
});

test("an endpoint with two addresses gets one share, not two", () => {
  const balanced = new Balanced(roundRobin());
  balanced.updateEndpoints([endpoint("10.0.0.1:1", "[::1]:1"), endpoint("10.0.0.2:1")]);
  balanced.advance(10);
  const picks = balanced.calls(10);
  assert.equal(picks.filter((address) => address === "10.0.0.2:1").length, 5);
});

test("the same addresses in another order are the same endpoint", () => {
  const balanced = new Balanced(roundRobin());
  balanced.updateEndpoints([endpoint("10.0.0.1:1", "[::1]:1")]);
  balanced.advance(10);
  balanced.updateEndpoints([endpoint("[::1]:1", "10.0.0.1:1")]);
  balanced.advance(10);
  assert.equal(balanced.network.attempts.length, 1);
  assert.equal(balanced.state, "READY");
});

test("the balancer of an endpoint that has gone isn't called any more", () => {
  let closed = 0;
  const child: BalancerPolicy = {
    name: "child",
    create: (host) => ({
      update() {
        assert.equal(closed, 0);
        host.publish({ state: "IDLE", picker: waitingPicker });
        return true;
      },
      resolutionFailed: () => assert.fail(),
      exitIdle: () => assert.equal(closed, 0),
      close: () => closed++,
    }),
  };
  const policy = shardedBalancer({ name: "own", child, picker: () => waitingPicker });
  const balanced = new Balanced(policy);
  balanced.balancer.update({ endpoints: [endpoint("10.0.0.1:1")] });
  balanced.balancer.update({ endpoints: [] });
  balanced.timers.settle();
  assert.equal(closed, 1);
});

test("a picker is made when a call comes, and not for every server that connects", () => {
  let made = 0;
  const policy = shardedBalancer({
    name: "own",
    picker(ready) {
      made++;
      return rotatingPicker(ready.map(({ picker }) => picker));
    },
  });
  const balanced = new Balanced(policy);
  balanced.update(...addresses);
  balanced.advance(10);
  assert.equal(made, 0);
  assert.deepEqual(balanced.calls(5), addresses);
  assert.equal(made, 1);
  balanced.network.drop("10.0.0.3:50051");
  balanced.advance(10);
  balanced.calls(5);
  assert.equal(made, 2);
});

test("a picker that is asked for the first time when it has been replaced lets the call wait", () => {
  const balanced = new Balanced(roundRobin());
  balanced.update("10.0.0.1:1");
  balanced.advance(10);
  const picker = balanced.last?.picker;
  balanced.network.stop("10.0.0.1:1");
  balanced.advance(10);
  assert.equal(picker?.pick({ path: "/a.B/C", header: new Headers() }).kind, "wait");
});

test("a thousand servers in one update lead to one picker, and not to a thousand", () => {
  const balanced = new Balanced(roundRobin());
  balanced.update(...Array.from({ length: 1_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}:1`));
  assert.equal(balanced.published, 1);
});
