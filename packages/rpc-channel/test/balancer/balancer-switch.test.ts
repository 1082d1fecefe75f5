import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectError } from "@connectrpc/connect";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import { BalancerSwitch } from "../../src/balancer/balancer-switch.ts";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { Balanced, endpoint } from "../support/balanced.ts";

const one = "10.0.0.1:50051";
const two = "10.0.0.2:50051";
const three = "10.0.0.3:50051";

/** A channel whose policy can be changed. */
function switchable(): {
  balanced: Balanced;
  set: (policy: BalancerPolicy, ...to: string[]) => void;
} {
  let balancers: BalancerSwitch | undefined;
  let policy = pickFirst();
  const balanced = new Balanced({
    name: "switch",
    create(host) {
      const created = new BalancerSwitch(host);
      balancers = created;
      return {
        update: (update) => created.update({ key: policy.name, policy }, update),
        resolutionFailed: (error) => created.resolutionFailed(error),
        exitIdle: () => created.exitIdle(),
        close: () => created.close(),
      };
    },
  });
  return {
    balanced,
    set(next, ...to) {
      policy = next;
      balancers?.update(
        { key: next.name, policy: next },
        { endpoints: to.map((address) => endpoint(address)) },
      );
      balanced.timers.settle();
    },
  };
}

test("the same key keeps the balancer and its connections", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  set(pickFirst(), one);
  balanced.advance(10);
  assert.equal(balanced.network.attempts.length, 1);
});

test("another policy takes over when it is connected, and until then the old one serves", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  balanced.network.server(two).latencyMs = 5_000;
  set(roundRobin(), two);
  balanced.advance(4_000);
  assert.deepEqual(balanced.calls(2), [one, one]);
  balanced.advance(2_000);
  assert.deepEqual(balanced.calls(2), [two, two]);
  assert.deepEqual(balanced.network.used, [two]);
  assert.deepEqual(balanced.states, ["CONNECTING", "READY"]);
});

test("a connection that both policies use isn't opened twice, nor closed between them", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  set(roundRobin(), one, two);
  balanced.advance(10);
  assert.equal(new Set(balanced.calls(2)).size, 2);
  assert.equal(balanced.network.attempts.length, 2);
});

test("an old one that loses one of its connections still serves with the others", () => {
  const { balanced, set } = switchable();
  set(roundRobin(), one, two);
  balanced.advance(10);
  balanced.network.server(three).answers = "is silent";
  set(pickFirst(), three);
  balanced.network.stop(one);
  balanced.advance(1_000);
  assert.deepEqual(balanced.calls(2), [two, two]);
});

test("when the old one loses its connection, the new one takes over as it is", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  balanced.network.server(two).latencyMs = 5_000;
  set(roundRobin(), two);
  balanced.network.drop(one);
  const call = balanced.call();
  assert.equal(balanced.state, "CONNECTING");
  balanced.advance(5_000);
  assert.equal(call.outcome, two);
});

test("a policy that can't connect is published, once that is known", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  balanced.network.stop(two);
  set(roundRobin(), two);
  balanced.advance(10);
  assert.ok(balanced.call().outcome instanceof ConnectError);
});

test("a third policy replaces the second before that has connected", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  balanced.network.server(two).answers = "is silent";
  set(roundRobin(), two);
  set({ ...roundRobin(), name: "third" }, one);
  balanced.advance(10);
  assert.deepEqual(balanced.network.used, [one]);
  assert.deepEqual(balanced.calls(1), [one]);
});

test("before there is a policy, a failed resolution fails the calls", () => {
  const { balanced, set } = switchable();
  const call = balanced.call();
  balanced.balancer.resolutionFailed(new ConnectError("no such name"));
  assert.match(String(call.outcome), /no such name/);
  set(pickFirst(), one);
  const next = balanced.call();
  balanced.advance(10);
  assert.equal(next.outcome, one);
  balanced.balancer.resolutionFailed(new ConnectError("no such name"));
  assert.deepEqual(balanced.calls(1), [one]);
});

test("closed in the middle of a change, nothing is left of either", () => {
  const { balanced, set } = switchable();
  set(pickFirst(), one);
  balanced.advance(10);
  balanced.network.server(two).answers = "is silent";
  set(roundRobin(), two);
  balanced.close();
  balanced.advance(100_000);
  assert.deepEqual(balanced.network.used, []);
  assert.equal(balanced.timers.alarms, 0);
});
