import assert from "node:assert/strict";
import { test } from "node:test";
import { Input, peerMaySend, State, transition } from "../../src/stream/state.ts";

const { IDLE, OPEN, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE, CLOSED } = State;

test("a stream goes through the states of RFC 9113 §5.1", () => {
  assert.equal(transition(IDLE, Input.HEADERS), OPEN);
  assert.equal(transition(OPEN, Input.END_SENT), HALF_CLOSED_LOCAL);
  assert.equal(transition(OPEN, Input.END_RECEIVED), HALF_CLOSED_REMOTE);
  assert.equal(transition(HALF_CLOSED_LOCAL, Input.END_RECEIVED), CLOSED);
  assert.equal(transition(HALF_CLOSED_REMOTE, Input.END_SENT), CLOSED);
  for (const state of [OPEN, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE]) {
    assert.equal(transition(state, Input.RESET), CLOSED);
    assert.equal(transition(state, Input.HEADERS), state, "trailers");
  }
});

test("nothing opens a closed stream again", () => {
  for (const input of Object.values(Input)) assert.equal(transition(CLOSED, input), CLOSED);
});

test("whether the peer may send follows from the state", () => {
  const all = [IDLE, OPEN, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE, CLOSED];
  assert.deepEqual(all.filter(peerMaySend), [OPEN, HALF_CLOSED_LOCAL]);
});
