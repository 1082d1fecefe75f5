import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { RetryBudget } from "../../src/retry/budget.ts";
import {
  type FailedAttempt,
  RetryDecider,
  type RetryDecision,
  type Reach,
} from "../../src/retry/decision.ts";
import type { RetryPolicy } from "../../src/retry/policy.ts";
import { parsePushback } from "../../src/retry/pushback.ts";
import { seeded } from "../support/random.ts";

const middle = (): number => 0.5;
const policy: RetryPolicy = {
  maxAttempts: 4,
  initialBackoffMs: 100,
  maxBackoffMs: 300,
  backoffMultiplier: 2,
  retryableCodes: new Set([Code.Unavailable]),
};

function failed(
  reach: Reach = "seen",
  code: Code = Code.Unavailable,
  pushback?: string,
): FailedAttempt {
  return { reach, code, pushback: parsePushback(pushback) };
}

function decider(with_?: RetryPolicy, budget?: RetryBudget): RetryDecider {
  return new RetryDecider({ policy: with_, budget }, middle);
}

const transparent: RetryDecision = { kind: "transparent" };

test("a call that never left is tried again as often as it takes", () => {
  const calls = decider();
  for (let i = 0; i < 1_000; i++) assert.deepEqual(calls.failed(failed("unsent")), transparent);
  assert.equal(calls.attempts, 1);
});

test("a call that the server refused unread is tried again once", () => {
  const calls = decider();
  assert.deepEqual(calls.failed(failed("refused")), transparent);
  assert.deepEqual(calls.failed(failed("refused")), { kind: "fail", reason: "no retry policy" });
});

test("refused a second time, it is the policy's", () => {
  const calls = decider(policy);
  calls.failed(failed("refused"));
  assert.deepEqual(calls.failed(failed("refused")), { kind: "retry", delayMs: 100 });
});

test("without a policy, nothing that a server may have seen is tried again", () => {
  assert.equal(decider().failed(failed("seen")).kind, "fail");
});

test("attempts come after 100, 200 and 300 ms, and end with the fourth", () => {
  const calls = decider(policy);
  for (const delayMs of [100, 200, 300]) {
    assert.deepEqual(calls.failed(failed()), { kind: "retry", delayMs });
  }
  assert.equal(calls.attempts, 4);
  assert.deepEqual(calls.failed(failed()), { kind: "fail", reason: "all 4 attempts made" });
});

test("chance makes the delays up to 20 % shorter or longer", () => {
  const random = seeded(3);
  for (let i = 0; i < 1_000; i++) {
    const decision = new RetryDecider({ policy, budget: undefined }, random).failed(failed());
    assert.ok(decision.kind === "retry" && decision.delayMs >= 80 && decision.delayMs < 120);
  }
});

test("no policy makes more than five attempts, unless the client allows more", () => {
  const eager = { ...policy, maxAttempts: 100 };
  const usual = decider(eager);
  while (usual.failed(failed()).kind === "retry");
  assert.equal(usual.attempts, 5);
  const allowed = new RetryDecider({ policy: eager, budget: undefined, attemptsLimit: 50 }, middle);
  while (allowed.failed(failed()).kind === "retry");
  assert.equal(allowed.attempts, 50);
});

test("a code that isn't listed ends the call", () => {
  assert.deepEqual(decider(policy).failed(failed("seen", Code.Internal)), {
    kind: "fail",
    reason: "its code isn't retryable",
  });
});

test("once the response has begun, nothing is tried again", () => {
  assert.deepEqual(decider(policy).failed(failed("committed")), {
    kind: "fail",
    reason: "the response had begun",
  });
});

test("a server that says when is asked then, and after that the delays begin anew", () => {
  const calls = decider(policy);
  assert.deepEqual(calls.failed(failed()), { kind: "retry", delayMs: 100 });
  assert.deepEqual(calls.failed(failed("seen", Code.Unavailable, "1234")), {
    kind: "retry",
    delayMs: 1_234,
  });
  assert.deepEqual(calls.failed(failed()), { kind: "retry", delayMs: 100 });
});

test("a server that says never, or what is no delay, is left alone", () => {
  for (const value of ["-1", "", "x", "1.5", "+1", " 1", "2147483648", "99999999999999"]) {
    assert.deepEqual(decider(policy).failed(failed("seen", Code.Unavailable, value)), {
      kind: "fail",
      reason: "the server asked not to",
    });
  }
  assert.deepEqual(parsePushback("0"), { kind: "delay", ms: 0 });
  assert.deepEqual(parsePushback("2147483647"), { kind: "delay", ms: 2_147_483_647 });
  assert.deepEqual(parsePushback(null), { kind: "none" });
});

test("when to come back doesn't make a code retryable", () => {
  assert.equal(decider(policy).failed(failed("seen", Code.Internal, "10")).kind, "fail");
});

test("with half of the tokens gone, nothing is tried again until successes have brought them back", () => {
  const budget = new RetryBudget({ maxTokens: 10, tokenRatio: 0.5 });
  for (let i = 0; i < 4; i++) assert.equal(decider(policy, budget).failed(failed()).kind, "retry");
  assert.deepEqual(decider(policy, budget).failed(failed()), {
    kind: "fail",
    reason: "too many calls fail",
  });
  decider(policy, budget).succeeded();
  assert.equal(budget.allows, true);
  assert.equal(decider(policy, budget).failed(failed()).kind, "fail");
});

test("failures that aren't retryable cost no tokens, and a server that says never does", () => {
  const budget = new RetryBudget({ maxTokens: 2, tokenRatio: 1 });
  for (let i = 0; i < 10; i++) decider(policy, budget).failed(failed("seen", Code.NotFound));
  assert.equal(budget.allows, true);
  decider(policy, budget).failed(failed("seen", Code.NotFound, "-1"));
  assert.equal(budget.allows, false);
});

test("calls that were never seen cost no tokens", () => {
  const budget = new RetryBudget({ maxTokens: 1, tokenRatio: 1 });
  decider(policy, budget).failed(failed("unsent"));
  decider(policy, budget).failed(failed("refused"));
  assert.equal(budget.allows, true);
});

test("tokens are counted in thousandths, and are never more than all nor less than none", () => {
  const budget = new RetryBudget({ maxTokens: 1, tokenRatio: 0.001 });
  for (let i = 0; i < 10; i++) budget.failed();
  for (let i = 0; i < 500; i++) budget.succeeded();
  assert.equal(budget.allows, false, "just half");
  budget.succeeded();
  assert.equal(budget.allows, true);
  for (let i = 0; i < 10_000; i++) budget.succeeded();
  budget.failed();
  assert.equal(budget.allows, false);
});

test("a new config keeps the budget as full as it was", () => {
  const budget = new RetryBudget({ maxTokens: 10, tokenRatio: 0.1 });
  for (let i = 0; i < 5; i++) budget.failed();
  const next = budget.under({ maxTokens: 100, tokenRatio: 1 });
  assert.equal(next.allows, false);
  next.succeeded();
  assert.equal(next.allows, true);
});

test("random failures never lead to more attempts than allowed, and never to one after a response", () => {
  const random = seeded(11);
  const reaches: Reach[] = ["unsent", "refused", "seen", "committed"];
  for (let i = 0; i < 20_000; i++) {
    const maxAttempts = 2 + Math.floor(random() * 6);
    const calls = new RetryDecider(
      { policy: { ...policy, maxAttempts }, budget: undefined },
      random,
    );
    let seen = 1;
    for (let step = 0; step < 30; step++) {
      const reach = reaches[Math.floor(random() * 4)] ?? "seen";
      const decision = calls.failed(failed(reach, 1 + Math.floor(random() * 16)));
      if (decision.kind === "fail") break;
      assert.notEqual(reach, "committed");
      if (decision.kind === "retry") {
        seen++;
        assert.ok(decision.delayMs > 0 && decision.delayMs <= 360);
      }
    }
    assert.ok(seen <= Math.min(maxAttempts, 5));
    assert.equal(calls.attempts, seen);
  }
});
