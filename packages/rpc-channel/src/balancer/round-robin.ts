import type { BalancerPolicy } from "./balancer.ts";
import { shardedBalancer } from "./endpoint-shards.ts";
import type { PickCall, Picker, PickResult } from "./picker.ts";

/** Each call goes to the next of the endpoints that can take one. */
export function roundRobin(): BalancerPolicy {
  return shardedBalancer({
    name: "round_robin",
    picker: (ready, host) => {
      const pickers = ready.map(({ picker }) => picker);
      return rotatingPicker(pickers, Math.floor(host.random() * pickers.length));
    },
  });
}

/**
 * Asks one picker after the other.
 *
 * @param pickers at least one
 * @param start the first to be asked; left to chance, many clients don't begin with the same server
 */
export function rotatingPicker(pickers: readonly Picker[], start: number = 0): Picker {
  return new RotatingPicker(pickers, start);
}

class RotatingPicker implements Picker {
  readonly #pickers: readonly Picker[];
  #next: number;

  constructor(pickers: readonly Picker[], start: number) {
    this.#pickers = pickers;
    this.#next = start;
  }

  pick(call: PickCall): PickResult {
    const i = this.#next;
    this.#next = i + 1 === this.#pickers.length ? 0 : i + 1;
    return (this.#pickers[i] as Picker).pick(call);
  }
}
