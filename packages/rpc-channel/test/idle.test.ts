import assert from "node:assert/strict";
import { test } from "node:test";
import { Idleness } from "../src/idle.ts";
import { VirtualTime } from "./support/virtual-time.ts";

const minutes = 60_000;

function start(timeoutMs = 30 * minutes): {
  time: VirtualTime;
  idleness: Idleness;
  idle: number[];
} {
  const time = new VirtualTime();
  const idle: number[] = [];
  const idleness = new Idleness(time, timeoutMs, () => idle.push(time.now() / minutes));
  return { time, idleness, idle };
}

test("half an hour after the last call has ended, the channel is idle", () => {
  const { time, idleness, idle } = start();
  idleness.started();
  time.advance(10 * minutes);
  idleness.started();
  idleness.ended();
  time.advance(15 * minutes);
  idleness.ended();
  time.advance(120 * minutes);
  assert.deepEqual(idle, [55]);
  assert.equal(time.alarms, 0);
});

test("a call that goes on keeps it awake", () => {
  const { time, idleness, idle } = start();
  idleness.started();
  time.advance(1_000 * minutes);
  assert.deepEqual(idle, []);
});

test("a channel that connects without a call is idle after the same time", () => {
  const { time, idleness, idle } = start();
  idleness.watch();
  idleness.watch();
  time.advance(31 * minutes);
  assert.deepEqual(idle, [30]);
});

test("the next call begins the next time", () => {
  const { time, idleness, idle } = start();
  for (let i = 0; i < 2; i++) {
    idleness.started();
    idleness.ended();
    time.advance(40 * minutes);
  }
  assert.deepEqual(idle, [30, 70]);
});

test("calls don't cost alarms", () => {
  const { time, idleness } = start();
  for (let i = 0; i < 10_000; i++) {
    idleness.started();
    idleness.ended();
  }
  assert.equal(time.alarms, 1);
});

test("without end, or stopped, it never comes", () => {
  const endless = start(Infinity);
  endless.idleness.started();
  endless.idleness.ended();
  assert.equal(endless.time.alarms, 0);
  const stopped = start();
  stopped.idleness.started();
  stopped.idleness.stop();
  stopped.idleness.ended();
  stopped.time.advance(100 * minutes);
  assert.deepEqual(stopped.idle, []);
  assert.equal(stopped.time.alarms, 0);
});
