import assert from "node:assert/strict";
import { test } from "node:test";
import { canFollow, type ConnectivityState, StateCounts } from "../src/connectivity.ts";

const states: ConnectivityState[] = [
  "IDLE",
  "CONNECTING",
  "READY",
  "TRANSIENT_FAILURE",
  "SHUTDOWN",
];

test("SHUTDOWN follows every state, and nothing follows SHUTDOWN", () => {
  for (const state of states) {
    assert.equal(canFollow(state, "SHUTDOWN"), state !== "SHUTDOWN");
    assert.equal(canFollow("SHUTDOWN", state), false);
  }
});

test("READY is reached through CONNECTING alone", () => {
  assert.deepEqual(
    states.filter((state) => canFollow(state, "READY")),
    ["CONNECTING"],
  );
});

test("many are as good as their best: READY, CONNECTING, IDLE, TRANSIENT_FAILURE", () => {
  const counts = new StateCounts();
  assert.equal(counts.aggregate, "TRANSIENT_FAILURE");
  for (const state of ["TRANSIENT_FAILURE", "IDLE", "CONNECTING", "READY"] as const) {
    counts.add(state);
    assert.equal(counts.aggregate, state);
  }
  for (const state of ["READY", "CONNECTING", "IDLE"] as const) {
    assert.equal(counts.aggregate, state);
    counts.remove(state);
  }
  assert.equal(counts.aggregate, "TRANSIENT_FAILURE");
});
