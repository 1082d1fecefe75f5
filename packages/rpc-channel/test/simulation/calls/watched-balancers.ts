import assert from "node:assert/strict";
import type { BalancerHost, BalancerPolicy } from "../../../src/balancer/balancer.ts";
import { derivedHost } from "../../../src/balancer/derived-host.ts";
import type { PickCall, Picker, PickResult, ReadyPick } from "../../../src/balancer/picker.ts";
import { balancerTable } from "../../../src/balancer/table.ts";
import type { BalancerTable } from "../../../src/service-config/parse.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";

/** Every change of state in one instant lets a call ask once more; a client that spins asks for ever. */
const mostPicksAtOnce = 100;

/** Our balancers, with somebody who counts how often they are asked, and what they are told. */
export class WatchedBalancers {
  readonly table: BalancerTable;
  /** Calls that a balancer was told have begun, and not that they have ended. */
  underWay = 0;
  /** What was told out of order. */
  readonly faults: string[] = [];
  readonly #time: VirtualTime;
  readonly #asked = new Map<PickCall, number>();
  #at = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
    this.table = Object.fromEntries(
      Object.entries(balancerTable).map(([name, create]) => [
        name,
        (settings: Parameters<typeof create>[0]) => this.watched(create(settings)),
      ]),
    );
  }

  watched(policy: BalancerPolicy): BalancerPolicy {
    return {
      name: policy.name,
      ...(policy.watchesHealth !== undefined && { watchesHealth: policy.watchesHealth }),
      create: (host) => policy.create(this.#watchedHost(host)),
    };
  }

  #watchedHost(host: BalancerHost): BalancerHost {
    return derivedHost(host, {
      publish: (state) => host.publish({ ...state, picker: this.#watchedPicker(state.picker) }),
    });
  }

  #watchedPicker(picker: Picker): Picker {
    return {
      pick: (call) => {
        this.#count(call);
        return this.#watchedResult(picker.pick(call));
      },
    };
  }

  #count(call: PickCall): void {
    if (this.#at !== this.#time.now()) this.#asked.clear();
    this.#at = this.#time.now();
    const asked = (this.#asked.get(call) ?? 0) + 1;
    this.#asked.set(call, asked);
    assert.ok(asked <= mostPicksAtOnce, "it spins: a call asks again and again");
  }

  #watchedResult(result: PickResult): PickResult {
    if (result.kind !== "ready") return result;
    let told = false;
    const watched: ReadyPick = {
      kind: "ready",
      subchannel: result.subchannel,
      started: () => {
        if (told) this.faults.push("a call begins twice");
        told = true;
        this.underWay++;
        result.started?.();
      },
      ended: (outcome) => {
        if (!told) this.faults.push("a call ends that hasn't begun, or has ended");
        told = false;
        this.underWay--;
        result.ended?.(outcome);
      },
    };
    return watched;
  }
}
