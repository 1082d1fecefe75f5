import type { BalancerPolicy } from "./balancer.ts";
import { type ReadyShard, shardedBalancer } from "./endpoint-shards.ts";
import type { CallOutcome, PickCall, Picker, PickResult, ReadyPick } from "./picker.ts";

export interface LeastRequestOptions {
  /**
   * Among so many endpoints, drawn by lot for each call, the one with the fewest calls under way
   * gets it (gRFC A48). From 2; more than 10 are taken for 10. Default 2.
   */
  readonly choiceCount?: number;
}

const mostChoices = 10;

/**
 * Calls go where few are under way, which serves best where calls, or servers, differ much.
 *
 * @throws RangeError for a choiceCount that is no whole number from 2
 */
export function leastRequest(options: LeastRequestOptions = {}): BalancerPolicy {
  const { choiceCount = 2 } = options;
  if (!Number.isInteger(choiceCount) || choiceCount < 2) {
    throw new RangeError(`choiceCount is ${choiceCount}, where a whole number from 2 is needed`);
  }
  const choices = Math.min(choiceCount, mostChoices);
  // The counts outlive the pickers, and end with the endpoints.
  const loads = new WeakMap<object, Load>();
  return shardedBalancer({
    name: "least_request_experimental",
    picker: (ready, host) =>
      new LeastRequestPicker(
        ready.map((shard) => candidate(shard, loads)),
        choices,
        host.random,
      ),
  });
}

interface Candidate {
  readonly picker: Picker;
  readonly load: Load;
}

function candidate({ shard, picker }: ReadyShard, loads: WeakMap<object, Load>): Candidate {
  let load = loads.get(shard);
  if (load === undefined) {
    load = new Load();
    loads.set(shard, load);
  }
  return { picker, load };
}

class LeastRequestPicker implements Picker {
  readonly #candidates: readonly Candidate[];
  readonly #choices: number;
  readonly #random: () => number;

  constructor(candidates: readonly Candidate[], choices: number, random: () => number) {
    this.#candidates = candidates;
    this.#choices = choices;
    this.#random = random;
  }

  pick(call: PickCall): PickResult {
    let best = this.#draw();
    for (let i = 1; i < this.#choices; i++) {
      const other = this.#draw();
      if (other.load.active < best.load.active) best = other;
    }
    const result = best.picker.pick(call);
    return result.kind === "ready" ? best.load.counted(result) : result;
  }

  #draw(): Candidate {
    return this.#candidates[Math.floor(this.#random() * this.#candidates.length)] as Candidate;
  }
}

/** The calls that are under way to one endpoint. */
class Load {
  active: number;
  #uncounted: ReadyPick | undefined;
  #counted: ReadyPick | undefined;

  constructor() {
    this.active = 0;
    this.#uncounted = undefined;
    this.#counted = undefined;
  }

  /** A pick that counts its call. Pickers give the same pick again and again, and so does this. */
  counted(pick: ReadyPick): ReadyPick {
    if (this.#counted === undefined || pick !== this.#uncounted) {
      this.#uncounted = pick;
      this.#counted = new CountedPick(pick, this);
    }
    return this.#counted;
  }
}

class CountedPick implements ReadyPick {
  readonly kind = "ready" as const;
  readonly subchannel: ReadyPick["subchannel"];
  readonly #pick: ReadyPick;
  readonly #load: Load;

  constructor(pick: ReadyPick, load: Load) {
    this.subchannel = pick.subchannel;
    this.#pick = pick;
    this.#load = load;
  }

  started(): void {
    this.#load.active++;
    this.#pick.started?.();
  }

  ended(outcome: CallOutcome): void {
    this.#load.active--;
    this.#pick.ended?.(outcome);
  }
}
