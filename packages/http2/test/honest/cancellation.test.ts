import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode } from "../../src/index.ts";
import type { StreamEnd } from "../../src/index.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { Call, replyAfter, requestHeaders } from "./testkit/calls.ts";
import { assertHonoured, openLink } from "./testkit/link.ts";
import type { Link } from "./testkit/link.ts";

// Cancelling is what honest clients do: half of the calls, all of them when a
// deadline is too short, all but one when hedging. No budget may count it.

const SECONDS = extent(1, 15);
const HEADERS = requestHeaders("/greeter.v1.GreeterService/SayHello");

/** Keeps `width` of `turn` going until the time is up. */
async function keepUp(
  width: number,
  turn: () => Promise<unknown>,
  seconds: number = SECONDS,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) await turn();
  };
  await Promise.all(Array.from({ length: width }, lane));
}

function cancelAfter(call: Call, ms: number): Promise<StreamEnd> {
  const timer = setTimeout(() => call.stream.reset(ErrorCode.CANCEL), ms);
  return call.ended.finally(() => clearTimeout(timer));
}

/** Enough for a budget to notice, on the slowest machine too. */
function assertCancelled({ server }: Link): void {
  const { resetsReceived } = server.stats();
  assert.ok(resetsReceived > 200 * SECONDS, `only ${resetsReceived} were cancelled`);
}

test("half of the calls cancelled, as many a second as can be made, is honest traffic", async () => {
  await using link = await openLink(replyAfter(() => Math.random() * 4));
  let made = 0;
  const turn = (): Promise<unknown> => {
    const call = new Call(link.client, HEADERS);
    return made++ % 2 === 0 ? call.ended : cancelAfter(call, Math.random() * 2);
  };
  await keepUp(200, turn, extent(1, 60));
  assertHonoured(link);
  assertCancelled(link);
});

test("calls cancelled in the turn in which they were made, between others that finish, are honest traffic", async () => {
  await using link = await openLink(replyAfter(() => 0));
  await keepUp(100, async () => {
    const kept = new Call(link.client, HEADERS);
    const dropped = new Call(link.client, HEADERS);
    dropped.stream.reset(ErrorCode.CANCEL);
    await kept.ended;
  });
  assertHonoured(link);
});

test("a storm in which every call is cancelled by its deadline is honest traffic", async () => {
  await using link = await openLink(replyAfter(() => 10_000));
  await keepUp(200, () => cancelAfter(new Call(link.client, HEADERS), 5));
  assertHonoured(link);
  assertCancelled(link);
  assert.equal(link.server.stats().streamsFinished, 0);
});

test("hedging, where all but the fastest of three attempts are cancelled, is honest traffic", async () => {
  await using link = await openLink(replyAfter(() => Math.random() * 20));
  await keepUp(80, async () => {
    const attempts = Array.from({ length: 3 }, () => new Call(link.client, HEADERS));
    await Promise.race(attempts.map((attempt) => attempt.ended));
    for (const { stream } of attempts) if (!stream.closed) stream.reset(ErrorCode.CANCEL);
    await Promise.all(attempts.map((attempt) => attempt.ended));
  });
  assertHonoured(link);
  assertCancelled(link);
});

test("a server whose application refuses what its client cancels at the same moment charges nothing for it", async () => {
  await using link = await openLink(() => ({
    stream: (stream) => {
      const timer = setTimeout(() => stream.reset(ErrorCode.REFUSED_STREAM), 3);
      return {
        data: () => {},
        closed: () => {
          clearTimeout(timer);
          stream.release();
        },
      };
    },
  }));
  await keepUp(200, async () => {
    await cancelAfter(new Call(link.client, HEADERS), 4);
    await sleep(0);
  });
  assertHonoured(link);
});
