import { setTimeout as sleep } from "node:timers/promises";
import { becomeSubject } from "../harness/subject-process.ts";
import { smallCall } from "./calls.ts";
import { Caller } from "./caller.ts";
import { openSocket } from "./closed-loop.ts";
import type { LoadTarget } from "./closed-loop.ts";

// A program with one connection that makes a call, waits for its end, rests
// for a moment, and notes how long each call took.

/** What the honest caller is told. */
export interface HonestCalls {
  readonly target: LoadTarget;
  readonly seconds: number;
}

const REST_MS = 2;

/** @returns the milliseconds that each call took */
async function latencies({ target, seconds }: HonestCalls): Promise<readonly number[]> {
  let ended = Promise.withResolvers<void>();
  const caller = new Caller(await openSocket(target), smallCall, {
    done: () => ended.resolve(),
    failed: (error) => ended.reject(error),
  });
  await caller.ready;
  const taken: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    ended = Promise.withResolvers();
    const startedAt = performance.now();
    caller.call(1);
    await ended.promise;
    taken.push(performance.now() - startedAt);
    await sleep(REST_MS);
  }
  caller.close();
  return taken;
}

becomeSubject(undefined, { calls: (argument) => latencies(argument as HonestCalls) });
