import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import { healthChecking } from "../../src/balancer/health-checking.ts";
import { Balanced, endpoint } from "../support/balanced.ts";

const one = "10.0.0.1:50051";
const two = "10.0.0.2:50051";
const three = "10.0.0.3:50051";
const service = "greeter.v1.GreeterService";

/** What every balancer does, whatever its way to choose. Once with, and once without health checks. */
export function balancerContract(name: string, create: () => BalancerPolicy): void {
  cases(name, create);
  cases(`${name} with health checks`, () => healthChecking(create(), { service }));
}

function cases(name: string, create: () => BalancerPolicy): void {
  test(`${name}: calls wait for the first connection, and go there`, () => {
    const balanced = new Balanced(create());
    const call = balanced.call();
    balanced.update(one);
    assert.equal(balanced.state, "CONNECTING");
    assert.equal(call.outcome, undefined);
    balanced.advance(10);
    assert.equal(balanced.state, "READY");
    assert.equal(call.outcome, one);
    assert.deepEqual(balanced.calls(3), [one, one, one]);
  });

  test(`${name}: with no server up, calls fail and say how many addresses there were, and why`, () => {
    const balanced = new Balanced(create());
    for (const address of [one, two, three]) balanced.network.stop(address);
    const waiting = balanced.call();
    balanced.update(one, two, three);
    balanced.advance(1_000);
    assert.equal(balanced.state, "TRANSIENT_FAILURE");
    for (const { outcome } of [waiting, balanced.call()]) {
      assert.ok(outcome instanceof ConnectError);
      assert.equal(outcome.code, Code.Unavailable);
      assert.match(
        outcome.rawMessage,
        /^no connection: 3 addresses, last error ECONNREFUSED 10\.0\.0\.\d:50051$/,
      );
    }
    assert.ok(balanced.resolutions > 0, "others may be known by now");
  });

  test(`${name}: calls that wait for a server go when one is back`, () => {
    const balanced = new Balanced(create());
    balanced.network.stop(one);
    balanced.update(one);
    const call = balanced.call(true);
    balanced.advance(60_000);
    assert.equal(call.outcome, undefined);
    balanced.network.start(one);
    balanced.advance(150_000);
    assert.equal(call.outcome, one);
  });

  test(`${name}: an address that refuses is tried after 1 s × 1.6 to 120 s, ± 20 %, without a call`, () => {
    const balanced = new Balanced(create());
    balanced.network.stop(one);
    balanced.update(one);
    balanced.advance(1_000_000);
    const { attempts } = balanced.network;
    const gaps = attempts.slice(1).map(({ at }, i) => at - (attempts[i]?.at ?? 0));
    for (const [i, gap] of gaps.entries()) {
      const expected = Math.min(1_000 * 1.6 ** i, 120_000);
      assert.ok(gap >= expected * 0.8 && gap <= expected * 1.2 + 1, `${gap} is not ${expected}`);
    }
    assert.ok(gaps.length >= 14, "it goes on being tried");
  });

  test(`${name}: TRANSIENT_FAILURE stays until a server is reached, so that calls fail at once`, () => {
    const balanced = new Balanced(create());
    balanced.network.server(one).answers = "is silent";
    balanced.update(one);
    balanced.advance(100_000);
    assert.deepEqual(balanced.states, ["CONNECTING", "TRANSIENT_FAILURE"]);
    balanced.network.start(one);
    balanced.advance(100_000);
    assert.deepEqual(balanced.states, ["CONNECTING", "TRANSIENT_FAILURE", "READY"]);
  });

  test(`${name}: no call is lost when connections break, and the server is connected to again`, () => {
    const balanced = new Balanced(create());
    balanced.update(one, two);
    balanced.advance(2_000);
    for (let i = 0; i < 20; i++) {
      for (const address of balanced.network.connected) balanced.network.drop(address);
      // Before the balancer knows, and after it does.
      const calls = [balanced.call(), balanced.call()];
      balanced.advance(1_000);
      for (const call of calls) assert.equal(typeof call.outcome, "string");
    }
    assert.ok(balanced.resolutions > 0);
  });

  test(`${name}: when one of two servers goes, the calls go to the other`, () => {
    const balanced = new Balanced(create());
    balanced.update(one, two);
    balanced.advance(2_000);
    balanced.network.stop(one);
    balanced.advance(1_000);
    balanced.call();
    balanced.advance(1_000);
    assert.deepEqual([...new Set(balanced.calls(20))], [two]);
  });

  test(`${name}: an update keeps the connections to servers that stay, and gives up the others`, () => {
    const balanced = new Balanced(create());
    balanced.update(one);
    balanced.advance(1_000);
    balanced.update(two, one);
    balanced.advance(1_000);
    assert.equal(balanced.network.attempts.filter(({ address }) => address === one).length, 1);
    assert.ok(balanced.network.connected.includes(one));
    balanced.update(two);
    const call = balanced.call();
    balanced.advance(1_000);
    assert.equal(call.outcome, two);
    assert.deepEqual(balanced.network.used, [two]);
  });

  test(`${name}: an address that is named twice is connected to once`, () => {
    const balanced = new Balanced(create());
    balanced.update(one, one, one);
    balanced.advance(1_000);
    assert.equal(balanced.network.attempts.length, 1);
    assert.equal(balanced.state, "READY");
  });

  test(`${name}: an endpoint with several addresses is reached by the one that works`, () => {
    const balanced = new Balanced(create());
    balanced.network.stop("[::1]:50051");
    balanced.updateEndpoints([endpoint("[::1]:50051", one)]);
    balanced.advance(2_000);
    assert.equal(balanced.state, "READY");
    assert.deepEqual(balanced.calls(2), [one, one]);
  });

  test(`${name}: an update without servers is refused and fails calls; the next heals it`, () => {
    const balanced = new Balanced(create());
    balanced.update(one);
    balanced.advance(1_000);
    assert.equal(balanced.update(), false);
    const { outcome } = balanced.call();
    assert.ok(outcome instanceof ConnectError);
    assert.equal(outcome.rawMessage, "name resolution gave no addresses");
    assert.deepEqual(balanced.network.used, []);
    assert.equal(balanced.update(two), true);
    const call = balanced.call();
    balanced.advance(1_000);
    assert.equal(call.outcome, two);
  });

  test(`${name}: a resolution that fails before any has worked fails calls with its error`, () => {
    const balanced = new Balanced(create());
    const waiting = balanced.call();
    const error = new ConnectError("name resolution failed: greeter: ENOTFOUND", Code.Unavailable);
    balanced.balancer.resolutionFailed(error);
    assert.equal(waiting.outcome, error);
    balanced.update(one);
    const call = balanced.call();
    balanced.advance(1_000);
    assert.equal(call.outcome, one);
  });

  test(`${name}: a resolution that fails later changes nothing`, () => {
    const balanced = new Balanced(create());
    balanced.update(one);
    balanced.advance(1_000);
    const { published } = balanced;
    balanced.balancer.resolutionFailed(new ConnectError("SERVFAIL", Code.Unavailable));
    balanced.advance(1_000);
    assert.equal(balanced.published, published);
    assert.deepEqual(balanced.calls(1), [one]);
  });

  test(`${name}: closed at any moment, it keeps nothing and says nothing`, () => {
    for (const ms of [0, 1, 5, 260, 500, 3_000, 30_000]) {
      for (const news of ["none", "on its way", "known"]) {
        const when = `after ${ms} ms, news of a lost connection ${news}`;
        const balanced = new Balanced(create());
        balanced.network.stop(two);
        balanced.network.server(three).answers = "is silent";
        balanced.update(three, two, one);
        balanced.advance(ms);
        balanced.call();
        if (news !== "none") balanced.network.drop(one);
        if (news === "known") balanced.timers.settle();
        balanced.close();
        assert.equal(balanced.network.watches, 0, when);
        const { published } = balanced;
        balanced.last?.picker.pick({ path: "/a.B/C", header: new Headers() });
        balanced.advance(200_000);
        assert.deepEqual(balanced.network.used, [], when);
        assert.equal(balanced.timers.alarms, 0, when);
        assert.equal(balanced.published, published, when);
      }
    }
  });

  test(`${name}: a picker that has been replaced still answers`, () => {
    const balanced = new Balanced(create());
    balanced.update(one, two);
    balanced.advance(1_000);
    const picker = balanced.last?.picker;
    balanced.network.stop(one);
    balanced.network.stop(two);
    balanced.update(three);
    balanced.advance(1_000);
    const call = { path: "/a.B/C", header: new Headers() };
    assert.doesNotThrow(() => picker?.pick(call));
  });

  test(`${name}: it doesn't connect to more than it was told of`, () => {
    const balanced = new Balanced(create());
    balanced.update(one, two);
    balanced.advance(10_000);
    balanced.update(three);
    balanced.advance(10_000);
    const addresses = balanced.network.attempts.map(({ address }) => address);
    for (const address of addresses) assert.ok([one, two, three].includes(address));
    assert.deepEqual(balanced.network.used, [three]);
  });
}
