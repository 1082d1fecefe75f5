import assert from "node:assert/strict";
import { test } from "node:test";
import { SerialQueue } from "../src/serial-queue.ts";

function failing(error: unknown): never {
  throw error;
}

test("a task runs at once, and what it adds runs after it, in order", () => {
  const queue = new SerialQueue(failing);
  const order: string[] = [];
  queue.run(() => {
    order.push("begin");
    queue.run(() => {
      order.push("second");
      queue.run(() => order.push("fourth"));
    });
    queue.run(() => order.push("third"));
    order.push("end");
  });
  assert.deepEqual(order, ["begin", "end", "second", "third", "fourth"]);
  queue.run(() => order.push("later"));
  assert.equal(order.at(-1), "later");
});

test("a deferred task runs when its caller has returned", async () => {
  const queue = new SerialQueue(failing);
  const order: string[] = [];
  queue.defer(() => order.push("deferred"));
  order.push("caller");
  await Promise.resolve();
  assert.deepEqual(order, ["caller", "deferred"]);
});

test("a task that throws is reported, and the others run", () => {
  const errors: unknown[] = [];
  const queue = new SerialQueue((error) => errors.push(error));
  const order: number[] = [];
  const oops = new Error("oops");
  queue.run(() => {
    queue.run(() => {
      throw oops;
    });
    queue.run(() => order.push(1));
    throw oops;
  });
  queue.run(() => order.push(2));
  assert.deepEqual(errors, [oops, oops]);
  assert.deepEqual(order, [1, 2]);
});
