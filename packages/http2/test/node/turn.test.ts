import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Turn } from "../../src/node/turn.ts";
import { VirtualClock } from "./testkit/virtual-clock.ts";

test("the time is the same to the end of the turn, and read anew in the next", async () => {
  const clock = new VirtualClock(100);
  const turn = new Turn(clock);
  assert.equal(turn.now(), 100);
  clock.advance(50);
  await Promise.resolve();
  assert.equal(turn.now(), 100);
  await nextTurn();
  assert.equal(turn.now(), 150);
});

test("a timer's reading moves the turn's time on, never back", () => {
  const turn = new Turn(new VirtualClock(100));
  turn.now();
  turn.renew(120);
  assert.equal(turn.now(), 120);
  turn.renew(110);
  assert.equal(turn.now(), 120);
});

test("tasks run in order at the end of the turn, after promises", async () => {
  const turn = new Turn(new VirtualClock());
  const ran: string[] = [];
  turn.atEnd(() => ran.push("first"));
  turn.atEnd(() => ran.push("second"));
  await Promise.resolve().then(() => ran.push("promise"));
  assert.deepEqual(ran, ["promise"]);
  await nextTurn();
  assert.deepEqual(ran, ["promise", "first", "second"]);
});

test("a task that is set by a task runs at the end of the next turn", async () => {
  const turn = new Turn(new VirtualClock());
  const ran: string[] = [];
  turn.atEnd(() => {
    ran.push("outer");
    turn.atEnd(() => ran.push("inner"));
  });
  await nextTurn();
  assert.deepEqual(ran, ["outer"]);
  await nextTurn();
  assert.deepEqual(ran, ["outer", "inner"]);
});

test("a task that throws takes none of the others with it", async () => {
  const turn = new Turn(new VirtualClock());
  const ran: string[] = [];
  turn.atEnd(() => ran.push("before"));
  turn.atEnd(() => {
    throw new Error("broken task");
  });
  turn.atEnd(() => ran.push("after"));
  const listeners = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  const uncaught = once(process, "uncaughtException");
  const [error] = (await uncaught) as [Error];
  for (const listener of listeners) process.on("uncaughtException", listener as () => void);
  assert.equal(error.message, "broken task");
  await nextTurn();
  assert.deepEqual(ran, ["before", "after"]);
});
