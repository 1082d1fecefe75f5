import assert from "node:assert/strict";
import type { BalancerPolicy } from "../../src/balancer/balancer.ts";
import { PickerGate, type WaitingCall } from "../../src/picker-gate.ts";
import { Balanced } from "./balanced.ts";

const call: WaitingCall = {
  path: "/greeter.v1.GreeterService/SayHello",
  header: new Headers(),
  waitForReady: false,
  picked: () => {},
};
const outcome = { error: undefined, trailer: new Headers() };
const picksInBatch = 1_000_000;

/**
 * What one pick costs, in nanoseconds, through the gate and with the reports of
 * the call's beginning and end: the batches' median, and the fastest of them.
 */
export function pickCost(
  policy: BalancerPolicy,
  addresses: number,
  batches: number,
): { median: number; fastest: number } {
  const gate = connectedGate(policy, addresses);
  const costs: number[] = [];
  for (let i = 0; i < batches; i++) {
    // Others may use the machine as well.
    const before = process.cpuUsage();
    for (let j = 0; j < picksInBatch; j++) {
      const pick = gate.pick(call);
      if (pick.kind !== "ready") throw new Error(`a pick is «${pick.kind}»`);
      pick.started?.();
      pick.ended?.(outcome);
    }
    const { user, system } = process.cpuUsage(before);
    costs.push(((user + system) * 1_000) / picksInBatch);
  }
  costs.sort((a, b) => a - b);
  return { median: costs[batches >> 1] ?? Number.NaN, fastest: costs[0] ?? Number.NaN };
}

function connectedGate(policy: BalancerPolicy, addresses: number): PickerGate {
  const balanced = new Balanced(policy, 1, Math.random);
  balanced.update(
    ...Array.from({ length: addresses }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:1`),
  );
  balanced.advance(10);
  assert.equal(balanced.last?.state, "READY");
  const gate = new PickerGate();
  gate.publish(balanced.last);
  return gate;
}
