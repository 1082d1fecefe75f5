import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { BalancerState } from "../src/balancer/balancer.ts";
import {
  failingPicker,
  fixedPicker,
  type Picker,
  type PickResult,
  waitingPicker,
} from "../src/balancer/picker.ts";
import type { Subchannel } from "../src/balancer/subchannel.ts";
import { failure } from "../src/balancer/unavailable.ts";
import { PickerGate, type WaitingCall } from "../src/picker-gate.ts";

const subchannel = {} as Subchannel;
const connecting: BalancerState = { state: "CONNECTING", picker: waitingPicker };

function ready(): BalancerState {
  return { state: "READY", picker: fixedPicker(subchannel) };
}

class Call implements WaitingCall {
  readonly path = "/a.B/C";
  readonly header: Headers = new Headers();
  readonly results: PickResult[] = [];
  readonly waitForReady: boolean;
  readonly #whenPicked: () => void;

  constructor(waitForReady = false, whenPicked: () => void = () => {}) {
    this.waitForReady = waitForReady;
    this.#whenPicked = whenPicked;
  }

  picked(result: PickResult): void {
    this.results.push(result);
    this.#whenPicked();
  }

  get kinds(): string[] {
    return this.results.map(({ kind }) => kind);
  }
}

test("with a connection, a call gets it at once and isn't called back", () => {
  const gate = new PickerGate();
  gate.publish(ready());
  const call = new Call();
  assert.equal(gate.pick(call).kind, "ready");
  gate.publish(ready());
  assert.deepEqual(call.kinds, []);
});

test("calls that wait go in the order in which they came, each once", () => {
  const gate = new PickerGate();
  const order: number[] = [];
  const calls = [1, 2, 3].map((i) => new Call(false, () => order.push(i)));
  for (const call of calls) assert.equal(gate.pick(call).kind, "wait");
  gate.publish(connecting);
  assert.equal(gate.waiting, 3);
  gate.publish(ready());
  gate.publish(ready());
  assert.deepEqual(order, [1, 2, 3]);
  assert.equal(gate.waiting, 0);
});

test("a call that is taken out of the line hears nothing", () => {
  const gate = new PickerGate();
  const call = new Call();
  gate.pick(call);
  gate.remove(call);
  gate.remove(call);
  gate.publish(ready());
  assert.deepEqual(call.kinds, []);
});

test("a failure fails the calls that don't wait for a server, and a drop all", () => {
  const gate = new PickerGate();
  const [plain, waiting] = [new Call(), new Call(true)];
  gate.pick(plain);
  gate.pick(waiting);
  const error = new ConnectError("no connection", Code.Unavailable);
  gate.publish(failure(error));
  assert.deepEqual(plain.kinds, ["fail"]);
  assert.deepEqual(waiting.kinds, []);
  assert.equal(gate.pick(new Call()).kind, "fail");
  assert.equal(gate.pick(new Call(true)).kind, "wait");
  gate.publish({ state: "READY", picker: { pick: () => ({ kind: "drop", error }) } });
  assert.deepEqual(waiting.kinds, ["drop"]);
});

test("a call whose pick came to nothing waits for the next picker, and doesn't ask this one again", () => {
  const gate = new PickerGate();
  let asked = 0;
  const picker: Picker = {
    pick() {
      asked++;
      return { kind: "ready", subchannel };
    },
  };
  gate.publish({ state: "READY", picker });
  const call = new Call();
  assert.equal(gate.pick(call).kind, "ready");
  assert.equal(gate.pick(call, gate.current).kind, "wait");
  assert.equal(asked, 1);
  gate.publish(ready());
  assert.deepEqual(call.kinds, ["ready"]);
});

test("a call whose pick came to nothing asks the picker that has come since", () => {
  const gate = new PickerGate();
  gate.publish(ready());
  const stale = gate.current;
  gate.publish(ready());
  assert.equal(gate.pick(new Call(), stale).kind, "ready");
});

test("a picker that comes while the line is being served serves the rest of it", () => {
  const gate = new PickerGate();
  const error = new ConnectError("gone", Code.Unavailable);
  const first = new Call(false, () => gate.publish(failure(error)));
  const [second, third] = [new Call(), new Call(true)];
  for (const call of [first, second, third]) gate.pick(call);
  gate.publish(ready());
  assert.deepEqual([first.kinds, second.kinds, third.kinds], [["ready"], ["fail"], []]);
});

test("a call that leaves while the line is being served isn't served", () => {
  const gate = new PickerGate();
  const second = new Call();
  const first = new Call(false, () => gate.remove(second));
  gate.pick(first);
  gate.pick(second);
  gate.publish(ready());
  assert.deepEqual(second.kinds, []);
});

test("a call that comes while the line is being served is answered at once", () => {
  const gate = new PickerGate();
  const late = new Call();
  const first = new Call(false, () => assert.equal(gate.pick(late).kind, "ready"));
  gate.pick(first);
  gate.publish(ready());
  assert.deepEqual(first.kinds, ["ready"]);
  assert.deepEqual(late.kinds, []);
});

test("closed, the gate fails those that wait and those that come, waiting for a server or not", () => {
  const gate = new PickerGate();
  const [plain, waiting] = [new Call(), new Call(true)];
  gate.pick(plain);
  gate.pick(waiting);
  gate.close(new ConnectError("the channel is closed", Code.Unavailable));
  assert.deepEqual([plain.kinds, waiting.kinds], [["drop"], ["drop"]]);
  gate.publish(ready());
  assert.equal(gate.pick(new Call(true)).kind, "drop");
});

test("back in IDLE, calls wait for a new picker", () => {
  const gate = new PickerGate();
  gate.publish(ready());
  gate.reset();
  const call = new Call();
  assert.equal(gate.pick(call).kind, "wait");
  gate.publish(ready());
  assert.deepEqual(call.kinds, ["ready"]);
});

test("it knows what calls wait for", () => {
  const gate = new PickerGate();
  assert.equal(gate.waitingFor, "resolving the name");
  gate.publish(connecting);
  assert.equal(gate.waitingFor, "connecting");
  gate.publish(failure(new ConnectError("no connection: 1 address", Code.Unavailable)));
  gate.publish(connecting);
  assert.equal(gate.waitingFor, "connecting (no connection: 1 address)");
  gate.publish(ready());
  gate.publish(connecting);
  assert.equal(gate.waitingFor, "connecting");
  gate.reset();
  assert.equal(gate.waitingFor, "resolving the name");
});

test("a picker that throws fails the call with INTERNAL, even if it waits for a server", () => {
  const gate = new PickerGate();
  const picker = {
    pick(): PickResult {
      throw new RangeError("oops");
    },
  };
  gate.publish({ state: "READY", picker });
  const result = gate.pick(new Call(true));
  assert.equal(result.kind, "drop");
  assert.equal(result.kind === "drop" && result.error.code, Code.Internal);
});

test("codes that a balancer may not use become INTERNAL, with what it said", () => {
  const illegal = new Set([3, 5, 6, 9, 10, 11, 15]);
  for (const code of Array.from({ length: 16 }, (_, i): Code => i + 1)) {
    const gate = new PickerGate();
    const error = new ConnectError("why", code);
    gate.publish({ state: "TRANSIENT_FAILURE", picker: failingPicker(error), error });
    const result = gate.pick(new Call());
    assert.equal(result.kind, "fail");
    if (result.kind !== "fail") continue;
    assert.equal(result.error.code, illegal.has(code) ? Code.Internal : code);
    assert.match(result.error.message, /why/);
  }
});
