import { ConnectError } from "@connectrpc/connect";
import { StateCounts } from "../connectivity.ts";
import { type Endpoint, endpointKey } from "../endpoint.ts";
import type {
  Balancer,
  BalancerHost,
  BalancerPolicy,
  BalancerState,
  BalancerUpdate,
} from "./balancer.ts";
import { pickFirst } from "./pick-first.ts";
import { derivedHost } from "./derived-host.ts";
import { type PickCall, type Picker, type PickResult, waitingPicker } from "./picker.ts";
import { failure, noConnection, unavailable } from "./unavailable.ts";

/** An endpoint that can take calls. */
export interface ReadyShard {
  /** The same object for as long as the endpoint is known, whatever happens to its connection. */
  readonly shard: object;
  readonly endpoint: Endpoint;
  /** Picks the endpoint's connection. */
  readonly picker: Picker;
}

export interface ShardedOptions {
  /** As service configs call it. */
  readonly name: string;
  /**
   * Makes the picker for the endpoints that can take calls: at least one, in the resolver's order.
   * Is called when these have changed and a call comes.
   */
  picker(ready: readonly ReadyShard[], host: BalancerHost): Picker;
  /** What keeps the connection to one endpoint. Default `pickFirst()`, which is also what tries its addresses. */
  readonly child?: BalancerPolicy;
}

/**
 * A policy that is connected to all endpoints at once, and whose picker chooses
 * among those that can take calls. Connections that are lost are opened again.
 */
export function shardedBalancer(options: ShardedOptions): BalancerPolicy {
  return { name: options.name, create: (host) => new EndpointShards(host, options) };
}

/** A balancer for each endpoint, as one. */
class EndpointShards implements Balancer {
  readonly #host: BalancerHost;
  readonly #options: ShardedOptions;
  readonly #child: BalancerPolicy;
  readonly #counts: StateCounts;
  #shards: Map<string, Shard>;
  /** While many shards change, publishing once is enough. */
  #updating: boolean;
  #lastError: ConnectError | undefined;

  constructor(host: BalancerHost, options: ShardedOptions) {
    this.#host = host;
    this.#options = options;
    this.#child = options.child ?? pickFirst();
    this.#counts = new StateCounts();
    this.#shards = new Map();
    this.#updating = false;
    this.#lastError = undefined;
  }

  update({ endpoints, attributes }: BalancerUpdate): boolean {
    const before = this.#shards;
    const after = new Map<string, Shard>();
    this.#updating = true;
    this.#shards = after;
    for (const endpoint of endpoints) {
      const key = endpointKey(endpoint);
      if (key === "" || after.has(key)) continue;
      const shard =
        before.get(key) ?? new Shard(this.#host, this.#child, this.#counts, this.#changed);
      before.delete(key);
      after.set(key, shard);
      shard.update(endpoint, attributes);
    }
    for (const shard of before.values()) shard.close();
    this.#updating = false;
    if (after.size === 0) {
      this.#host.publish(failure(unavailable("name resolution gave no addresses")));
      return false;
    }
    this.#publish();
    return true;
  }

  resolutionFailed(error: ConnectError): void {
    if (this.#shards.size === 0) this.#host.publish(failure(error));
  }

  exitIdle(): void {
    for (const shard of this.#shards.values()) shard.exitIdle();
  }

  close(): void {
    for (const shard of this.#shards.values()) shard.close();
    this.#shards = new Map();
  }

  readonly #changed = ({ state }: Shard): void => {
    if (state.state === "TRANSIENT_FAILURE") this.#lastError = reasonOf(state.error);
    if (!this.#updating) this.#publish();
  };

  #publish(): void {
    const state = this.#counts.aggregate;
    if (state === "READY") {
      this.#host.publish({ state, picker: new FirstAskedPicker(() => this.#readyPicker()) });
    } else if (state === "TRANSIENT_FAILURE") {
      this.#host.publish(failure(this.#error()));
    } else {
      this.#host.publish({ state, picker: waitingPicker });
    }
  }

  #readyPicker(): Picker {
    const ready = this.#ready();
    // One that has been replaced may be asked for the first time when all is lost.
    return ready.length === 0 ? waitingPicker : this.#options.picker(ready, this.#host);
  }

  #ready(): ReadyShard[] {
    const ready: ReadyShard[] = [];
    for (const shard of this.#shards.values()) {
      const { endpoint, state } = shard;
      if (state.state === "READY") ready.push({ shard, endpoint, picker: state.picker });
    }
    return ready;
  }

  #error(): ConnectError {
    let addresses = 0;
    for (const { endpoint } of this.#shards.values()) addresses += endpoint.addresses.length;
    return noConnection(addresses, this.#lastError);
  }
}

/**
 * A picker that is made when the first call asks it: ten thousand endpoints
 * that connect one after the other would make as many, of ten thousand each.
 */
class FirstAskedPicker implements Picker {
  readonly #make: () => Picker;
  #picker: Picker | undefined;

  constructor(make: () => Picker) {
    this.#make = make;
    this.#picker = undefined;
  }

  pick(call: PickCall): PickResult {
    this.#picker ??= this.#make();
    return this.#picker.pick(call);
  }
}

/** What befell one endpoint, without the sentence around it, which we say of all. */
function reasonOf(error: ConnectError): ConnectError {
  return error.cause instanceof ConnectError ? error.cause : error;
}

/** The balancer of one endpoint. */
class Shard {
  readonly #balancer: Balancer;
  readonly #counts: StateCounts;
  #closed: boolean;
  endpoint: Endpoint;
  state: BalancerState;

  constructor(
    host: BalancerHost,
    child: BalancerPolicy,
    counts: StateCounts,
    changed: (shard: Shard) => void,
  ) {
    this.#counts = counts;
    this.#closed = false;
    this.endpoint = { addresses: [] };
    this.state = { state: "CONNECTING", picker: waitingPicker };
    counts.add(this.state.state);
    this.#balancer = child.create(
      derivedHost(host, {
        publish: (state) => {
          if (this.#closed) return;
          counts.remove(this.state.state);
          counts.add(state.state);
          this.state = state;
          changed(this);
          if (state.state === "IDLE") host.defer(() => this.exitIdle());
        },
      }),
    );
  }

  update(endpoint: Endpoint, attributes: BalancerUpdate["attributes"]): void {
    this.endpoint = endpoint;
    this.#balancer.update({
      endpoints: [endpoint],
      ...(attributes !== undefined && { attributes }),
    });
  }

  exitIdle(): void {
    if (!this.#closed) this.#balancer.exitIdle();
  }

  close(): void {
    this.#closed = true;
    this.#counts.remove(this.state.state);
    this.#balancer.close();
  }
}
