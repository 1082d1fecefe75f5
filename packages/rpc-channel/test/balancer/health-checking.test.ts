import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectError } from "@connectrpc/connect";
import { formatAddress } from "../../src/address.ts";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import { withHealthChecks } from "../../src/balancer/configured-balancer.ts";
import { healthChecking } from "../../src/balancer/health-checking.ts";
import { leastRequest } from "../../src/balancer/least-request.ts";
import { pickFirst } from "../../src/balancer/pick-first.ts";
import { fixedPicker, waitingPicker } from "../../src/balancer/picker.ts";
import type { Subchannel } from "../../src/balancer/subchannel.ts";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { Balanced, endpoint } from "../support/balanced.ts";

const one = "10.0.0.1:50051";
const two = "10.0.0.2:50051";
const service = "greeter.v1.GreeterService";

for (const policy of [roundRobin(), leastRequest()]) {
  test(`${policy.name}: a server that isn't serving gets no calls until it says that it is`, () => {
    const balanced = new Balanced(healthChecking(policy, { service }));
    balanced.network.setHealth(one, "NOT_SERVING");
    balanced.update(one, two);
    balanced.advance(10);
    assert.deepEqual([...new Set(balanced.calls(20))], [two]);
    balanced.network.setHealth(one, "SERVING");
    balanced.advance(0);
    assert.deepEqual([...new Set(balanced.calls(40))].sort(), [one, two]);
    balanced.network.setHealth(two, "NOT_SERVING");
    balanced.advance(0);
    assert.deepEqual([...new Set(balanced.calls(20))], [one]);
    assert.equal(balanced.network.attempts.length, 2, "the connections stay");
  });
}

test("with no server serving, calls fail and say so", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.network.setHealth(one, "NOT_SERVING");
  balanced.update(one);
  balanced.advance(10);
  const { outcome } = balanced.call();
  assert.ok(outcome instanceof ConnectError);
  assert.match(outcome.rawMessage, /greeter\.v1\.GreeterService is unhealthy: .* isn't serving/);
});

test("until the server has answered, calls wait", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.network.setHealth(one, "silent");
  balanced.update(one);
  const call = balanced.call();
  balanced.advance(60_000);
  assert.equal(balanced.state, "CONNECTING");
  assert.equal(call.outcome, undefined);
  balanced.network.setHealth(one, "SERVING");
  balanced.advance(0);
  assert.equal(call.outcome, one);
});

test("a server without a health service counts as serving, and is reported once a connection", () => {
  const reported: string[] = [];
  const policy = healthChecking(roundRobin(), {
    service,
    unimplemented: (address) => reported.push(formatAddress(address)),
  });
  const balanced = new Balanced(policy);
  balanced.network.setHealth(one, "UNIMPLEMENTED");
  balanced.update(one);
  balanced.advance(300_000);
  assert.deepEqual(balanced.calls(1), [one]);
  assert.deepEqual(reported, [one]);
  balanced.network.drop(one);
  balanced.advance(10);
  assert.deepEqual(reported, [one, one]);
});

test("a watch that fails makes the server unhealthy, and is tried again after a backoff", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.network.setHealth(one, "broken");
  balanced.update(one);
  balanced.advance(100);
  assert.equal(balanced.state, "TRANSIENT_FAILURE");
  balanced.network.server(one).health = "SERVING";
  balanced.advance(600);
  assert.equal(balanced.state, "TRANSIENT_FAILURE", "not before 0.8 s");
  balanced.advance(600);
  assert.equal(balanced.state, "READY");
});

test("a watch that has worked and fails is tried again as if for the first time", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.network.setHealth(one, "broken");
  balanced.update(one);
  balanced.advance(20_000);
  balanced.network.server(one).health = "SERVING";
  while (balanced.state !== "READY") balanced.advance(10);
  balanced.advance(1_300);
  balanced.network.setHealth(one, "broken");
  balanced.network.server(one).health = "SERVING";
  balanced.advance(10);
  assert.equal(balanced.state, "READY", "its last watch began long enough ago");
});

test("a connection that is lost and comes back is asked anew", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.update(one);
  balanced.advance(10);
  balanced.network.server(one).health = "NOT_SERVING";
  assert.equal(balanced.state, "READY");
  balanced.network.drop(one);
  balanced.advance(10);
  assert.equal(balanced.state, "TRANSIENT_FAILURE");
});

test("an endpoint with two addresses stays with the one that is connected, serving or not", () => {
  const balanced = new Balanced(healthChecking(roundRobin(), { service }));
  balanced.network.setHealth(one, "NOT_SERVING");
  balanced.updateEndpoints([endpoint(one, two)]);
  balanced.advance(10_000);
  assert.deepEqual(balanced.network.used, [one]);
  balanced.network.setHealth(one, "SERVING");
  balanced.advance(0);
  assert.deepEqual(balanced.calls(1), [one]);
});

/** Knows nothing of endpoints that come and go, nor of health, and keeps its one subchannel. */
const single: BalancerPolicy = {
  name: "single",
  create: (host) => ({
    update({ endpoints }): boolean {
      const [address] = endpoints[0]?.addresses ?? [];
      assert.ok(address !== undefined);
      const changed = (subchannel: Subchannel): void => {
        const { state } = subchannel;
        if (state === "IDLE") subchannel.connect();
        if (state === "READY") host.publish({ state, picker: fixedPicker(subchannel) });
        if (state === "CONNECTING") host.publish({ state, picker: waitingPicker });
      };
      host.createSubchannel(address, changed).connect();
      return true;
    },
    resolutionFailed: () => {},
    exitIdle: () => {},
    close: () => {},
  }),
};

test("a balancer that holds its own subchannels, and knows nothing of health, is served as well", () => {
  const balanced = new Balanced(healthChecking(single, { service }));
  balanced.network.setHealth(one, "NOT_SERVING");
  balanced.update(one);
  balanced.advance(1_000);
  assert.equal(balanced.state, "CONNECTING");
  balanced.network.setHealth(one, "SERVING");
  balanced.advance(0);
  assert.deepEqual(balanced.calls(1), [one]);
});

test("what isn't connected isn't watched, though the time to try it again has come", () => {
  const balanced = new Balanced(healthChecking(single, { service }));
  balanced.network.setHealth(one, "broken");
  balanced.update(one);
  balanced.advance(10);
  balanced.network.server(one).health = "SERVING";
  balanced.network.server(one).answers = "is silent";
  balanced.network.drop(one);
  balanced.advance(10_000);
  assert.equal(balanced.network.watches, 0);
  balanced.network.start(one);
  balanced.advance(20_000);
  assert.deepEqual(balanced.calls(1), [one]);
});

test("a channel's pick_first isn't health checked, and every other policy is", () => {
  const key = "a";
  const first = { key, policy: pickFirst() };
  assert.equal(
    withHealthChecks(first, service, () => {}),
    first,
  );
  const robin = { key, policy: roundRobin() };
  assert.equal(
    withHealthChecks(robin, undefined, () => {}),
    robin,
  );
  const checked = withHealthChecks(robin, service, () => {});
  assert.notEqual(checked.key, key, "another service means another balancer");
  const balanced = new Balanced(checked.policy);
  balanced.network.setHealth(one, "NOT_SERVING");
  balanced.update(one);
  balanced.advance(10);
  assert.equal(balanced.state, "TRANSIENT_FAILURE");
});
