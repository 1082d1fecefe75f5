import assert from "node:assert/strict";
import type { ConnectError } from "@connectrpc/connect";
import type { Address } from "../../src/address.ts";
import type {
  Balancer,
  BalancerHost,
  BalancerPolicy,
  BalancerState,
} from "../../src/balancer/balancer.ts";
import type { PickResult, ReadyPick } from "../../src/balancer/picker.ts";
import type { Subchannel, SubchannelListener } from "../../src/balancer/subchannel.ts";
import type { Endpoint } from "../../src/endpoint.ts";
import { formatAddress } from "../../src/address.ts";
import { PickerGate, type WaitingCall } from "../../src/picker-gate.ts";
import { parseTarget } from "../../src/target.ts";
import { Network } from "./network.ts";
import { seeded } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A call of the simulation: how it ends is written down. */
export class SimulatedCall implements WaitingCall {
  readonly path = "/greeter.v1.GreeterService/SayHello";
  readonly header: Headers = new Headers();
  readonly waitForReady: boolean;
  readonly #balanced: Balanced;
  /** The address that it went to, the error that it failed with, or undefined while it waits. */
  outcome: string | ConnectError | undefined;
  settled = 0;
  #pick: ReadyPick | undefined;

  constructor(balanced: Balanced, waitForReady: boolean) {
    this.#balanced = balanced;
    this.waitForReady = waitForReady;
    this.picked(balanced.gate.pick(this));
  }

  picked(result: PickResult): void {
    if (result.kind === "wait") return;
    if (result.kind === "ready") {
      const { gate, network } = this.#balanced;
      assert.equal(result.subchannel.state, "READY", "what is picked is READY");
      // Balancers learn a little late that a connection has gone.
      if (network.stateOf(formatAddress(result.subchannel.address)) !== "READY") {
        this.#balanced.asked.allowed++;
        this.picked(gate.pick(this, gate.current));
        return;
      }
      this.#pick = result;
      result.started?.();
    }
    this.settled++;
    assert.equal(this.settled, 1, "a call settles once");
    this.outcome =
      result.kind === "ready" ? formatAddress(result.subchannel.address) : result.error;
  }

  /** The server has answered. */
  end(): void {
    this.#pick?.ended?.({ error: undefined, trailer: new Headers() });
    this.#pick = undefined;
  }
}

/** A balancer in a simulated network. */
export class Balanced implements BalancerHost {
  readonly timers: VirtualTime;
  readonly random: () => number;
  readonly network: Network;
  readonly gate: PickerGate;
  readonly balancer: Balancer;
  readonly defer: (task: () => void) => void;
  readonly states: BalancerState["state"][] = [];
  resolutions = 0;
  published = 0;
  /** How often a picker was asked, and how often it may have been: once for each call and picker. */
  readonly asked: { picks: number; allowed: number } = { picks: 0, allowed: 0 };
  last: BalancerState | undefined;

  constructor(policy: BalancerPolicy, seed: number = 1, random: () => number = seeded(seed)) {
    this.timers = new VirtualTime();
    this.random = random;
    this.network = new Network(this.timers, this.random);
    this.gate = new PickerGate();
    this.defer = this.timers.defer;
    this.balancer = policy.create(this);
  }

  createSubchannel(address: Address, listener: SubchannelListener): Subchannel {
    return this.network.open(address, listener);
  }

  publish(state: BalancerState): void {
    this.published++;
    this.last = state;
    if (this.states.at(-1) !== state.state) this.states.push(state.state);
    this.asked.allowed += this.gate.waiting;
    const { asked } = this;
    this.gate.publish({
      ...state,
      picker: {
        pick(call) {
          asked.picks++;
          return state.picker.pick(call);
        },
      },
    });
  }

  requestResolution(): void {
    this.resolutions++;
  }

  get state(): BalancerState["state"] | undefined {
    return this.last?.state;
  }

  /** Endpoints of one address each. */
  update(...addresses: string[]): boolean {
    return this.updateEndpoints(addresses.map((address) => endpoint(address)));
  }

  updateEndpoints(endpoints: readonly Endpoint[]): boolean {
    const usable = this.balancer.update({ endpoints });
    this.timers.settle();
    return usable;
  }

  advance(ms: number): void {
    this.timers.advance(ms);
  }

  call(waitForReady: boolean = false): SimulatedCall {
    this.asked.allowed++;
    const call = new SimulatedCall(this, waitForReady);
    this.timers.settle();
    return call;
  }

  /** The addresses that so many calls, each ended before the next, go to. */
  calls(count: number): string[] {
    return Array.from({ length: count }, () => {
      const call = this.call();
      assert.equal(typeof call.outcome, "string", `no server: ${String(call.outcome)}`);
      call.end();
      return String(call.outcome);
    });
  }

  close(): void {
    this.balancer.close();
    this.timers.settle();
  }
}

export function endpoint(...addresses: string[]): Endpoint {
  return {
    addresses: addresses.flatMap((text) => {
      const target = parseTarget(text);
      assert.equal(target.kind, "addresses");
      return target.addresses;
    }),
  };
}
