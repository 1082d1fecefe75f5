import assert from "node:assert/strict";
import { test } from "node:test";
import { wakingPicker } from "../../src/balancer/picker.ts";

test("the first call wakes the balancer up, and the others wait with it", () => {
  let woken = 0;
  const picker = wakingPicker(() => woken++);
  const call = { path: "/a.B/C", header: new Headers() };
  for (let i = 0; i < 3; i++) assert.equal(picker.pick(call).kind, "wait");
  assert.equal(woken, 1);
});
