import assert from "node:assert/strict";
import { test } from "node:test";
import { leastRequest } from "../../src/balancer/least-request.ts";
import { Balanced, type SimulatedCall } from "../support/balanced.ts";

const addresses = Array.from({ length: 10 }, (_, i) => `10.0.0.${i + 1}:50051`);

function connected(choiceCount: number, seed = 1): Balanced {
  const balanced = new Balanced(leastRequest({ choiceCount }), seed);
  balanced.update(...addresses);
  balanced.advance(10);
  return balanced;
}

function underWay(calls: readonly SimulatedCall[]): number[] {
  return addresses.map((address) => calls.filter(({ outcome }) => outcome === address).length);
}

test("calls that don't end spread more evenly than chance would spread them", () => {
  const balanced = connected(2);
  const counts = underWay(Array.from({ length: 1_000 }, () => balanced.call()));
  // By chance alone, the standard deviation would be 9.5, and a spread of 8 most unlikely.
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 8, counts.join(" "));
});

test("a server that answers slowly gets fewer calls", () => {
  const balanced = connected(3);
  const [slow] = addresses;
  let toSlow = 0;
  const waiting: SimulatedCall[] = [];
  for (let i = 0; i < 5_000; i++) {
    const call = balanced.call();
    if (call.outcome !== slow) {
      call.end();
      continue;
    }
    toSlow++;
    waiting.push(call);
    if (waiting.length > 20) waiting.shift()?.end();
  }
  // A tenth would be 500. It is only chosen where all three lots fall on it: one in a thousand.
  assert.ok(toSlow < 50, `${toSlow} of 5,000`);
});

test("a server whose calls have ended is as good as new", () => {
  const balanced = connected(10);
  const calls = Array.from({ length: 300 }, () => balanced.call());
  for (const call of calls) call.end();
  const counts = underWay(Array.from({ length: 300 }, () => balanced.call()));
  assert.ok(Math.min(...counts) >= 20, counts.join(" "));
});

test("the counts outlive the pickers", () => {
  const balanced = connected(10);
  const before = Array.from({ length: 100 }, () => balanced.call());
  const [first] = addresses;
  balanced.update(...addresses.slice(1), first ?? "");
  balanced.network.drop(first ?? "");
  balanced.advance(10);
  const after = Array.from({ length: 100 }, () => balanced.call());
  const counts = underWay([...before, ...after]);
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 4, counts.join(" "));
});

test("a choiceCount below 2 is an error, and one above 10 is 10", () => {
  for (const choiceCount of [1, 0, -1, 2.5, Number.NaN]) {
    assert.throws(() => leastRequest({ choiceCount }), RangeError);
  }
  const balanced = connected(1_000_000);
  assert.equal(balanced.calls(1).length, 1);
});
