import type { ConnectError } from "@connectrpc/connect";
import type { Address } from "../address.ts";
import type { Timer } from "../timers.ts";
import type {
  Balancer,
  BalancerHost,
  BalancerPolicy,
  BalancerState,
  BalancerUpdate,
} from "./balancer.ts";
import { connectionOrder, shuffle } from "./connection-order.ts";
import { fixedPicker, waitingPicker, wakingPicker } from "./picker.ts";
import type { Subchannel } from "./subchannel.ts";
import { failure, noConnection, unavailable } from "./unavailable.ts";

export interface PickFirstOptions {
  /** Tries the addresses in an order left to chance, so that clients spread (gRFC A62). Default false. */
  readonly shuffleAddressList?: boolean;
  /**
   * The next address is tried, beside the ones before, when none has connected
   * after so many milliseconds (gRFC A61). From 100 to 2,000. Default 250.
   */
  readonly connectionAttemptDelayMs?: number;
}

/** All calls go to one connection: the first that opens, of the addresses in their order. */
export function pickFirst(options: PickFirstOptions = {}): BalancerPolicy {
  return {
    name: "pick_first",
    // gRFC A17: there is nowhere else to go, so what the server says of itself changes nothing.
    watchesHealth: false,
    create: (host) => new PickFirst(host, options),
  };
}

/**
 *              ┌── lost ◄── READY ◄── the first to connect ──┐
 *              ▼                                             │
 *     start ► IDLE ── a call ──► CONNECTING ─────────────────┤
 *                        (a pass through the addresses)      │
 *                                    │ all have failed       │
 *                                    ▼                       │
 *                            TRANSIENT_FAILURE ──────────────┘
 *                     (each is tried again after its backoff)
 *
 * TRANSIENT_FAILURE lasts until one has connected (gRFC A62): otherwise calls
 * would go back to waiting each time that there is just one more attempt.
 */
class PickFirst implements Balancer {
  readonly #host: BalancerHost;
  readonly #options: PickFirstOptions;
  #addresses: ReadonlyMap<string, Address>;
  /** Those that have been tried: with ten thousand addresses, most never are. */
  readonly #subchannels: Map<string, Subchannel>;
  #selected: Subchannel | undefined;
  #state: BalancerState["state"];

  /** What is left of the pass. */
  #untried: [string, Address][];
  #latest: Subchannel | undefined;
  #alarm: Timer | undefined;
  /** The addresses that have failed in this pass; when it is over, undefined. */
  #failed: Set<string> | undefined;
  #failuresSince: number;
  #lastError: ConnectError | undefined;

  constructor(host: BalancerHost, options: PickFirstOptions) {
    this.#host = host;
    this.#options = options;
    this.#addresses = new Map();
    this.#subchannels = new Map();
    this.#selected = undefined;
    this.#state = "CONNECTING";
    this.#untried = [];
    this.#latest = undefined;
    this.#alarm = undefined;
    this.#failed = undefined;
    this.#failuresSince = 0;
    this.#lastError = undefined;
  }

  update({ endpoints }: BalancerUpdate): boolean {
    const wasEmpty = this.#addresses.size === 0;
    this.#addresses = connectionOrder(
      this.#options.shuffleAddressList === true ? shuffle(endpoints, this.#host.random) : endpoints,
    );
    this.#closeAll((key) => this.#addresses.has(key));
    if (this.#addresses.size === 0) {
      this.#disarm();
      this.#publish(failure(unavailable("name resolution gave no addresses")));
      return false;
    }
    // Without any address there was nothing that could fail: the new ones get their first chance.
    if (wasEmpty && this.#state === "TRANSIENT_FAILURE") this.#state = "CONNECTING";
    if (this.#selected === undefined && this.#state !== "IDLE") this.#startPass();
    return true;
  }

  resolutionFailed(error: ConnectError): void {
    if (this.#addresses.size === 0) this.#publish(failure(error));
  }

  exitIdle(): void {
    if (this.#state === "IDLE") this.#startPass();
  }

  close(): void {
    this.#disarm();
    this.#closeAll(() => false);
    // A picker may still ask to be woken up.
    this.#state = "CONNECTING";
  }

  #startPass(): void {
    this.#untried = [...this.#addresses].toReversed();
    this.#failed = new Set();
    this.#publishConnecting();
    this.#tryNext();
  }

  /** Goes on with the pass, up to the next address that is being connected to. */
  #tryNext(): void {
    this.#disarm();
    for (let next = this.#untried.pop(); next !== undefined; next = this.#untried.pop()) {
      const [key, address] = next;
      const subchannel = this.#subchannelOf(key, address);
      if (subchannel.connected) {
        this.#select(subchannel);
        return;
      }
      if (subchannel.state === "TRANSIENT_FAILURE") {
        // It is in its backoff, from an earlier pass or from its other users.
        this.#failed?.add(key);
        this.#lastError = subchannel.error;
        continue;
      }
      this.#latest = subchannel;
      this.#arm();
      subchannel.connect();
      return;
    }
    this.#latest = undefined;
    this.#endPassIfOver();
  }

  #subchannelOf(key: string, address: Address): Subchannel {
    const existing = this.#subchannels.get(key);
    if (existing !== undefined) return existing;
    const created = this.#host.createSubchannel(address, (subchannel) =>
      this.#changed(key, subchannel),
    );
    this.#subchannels.set(key, created);
    return created;
  }

  #changed(key: string, subchannel: Subchannel): void {
    if (subchannel === this.#selected) {
      if (subchannel.connected) this.#publishSelected(subchannel);
      else this.#lost();
    } else if (subchannel.connected) {
      this.#select(subchannel);
    } else if (subchannel.state === "TRANSIENT_FAILURE") {
      this.#lastError = subchannel.error;
      this.#attemptFailed(key, subchannel);
    } else if (subchannel.state === "IDLE") {
      this.#attemptAllowed(key, subchannel);
    }
  }

  #attemptFailed(key: string, subchannel: Subchannel): void {
    if (this.#failed !== undefined) {
      this.#failed.add(key);
      if (subchannel === this.#latest) this.#tryNext();
      else this.#endPassIfOver();
      return;
    }
    this.#failuresSince++;
    if (this.#failuresSince % this.#addresses.size === 0) this.#host.requestResolution();
    this.#publishFailure();
  }

  /** Its backoff is over, or, where it hasn't failed, its attempt was given up. */
  #attemptAllowed(key: string, subchannel: Subchannel): void {
    if (this.#failed === undefined) subchannel.connect();
    else if (!this.#failed.has(key)) this.#attemptFailed(key, subchannel);
  }

  #endPassIfOver(): void {
    if (this.#failed === undefined || this.#failed.size < this.#addresses.size) return;
    this.#failed = undefined;
    this.#failuresSince = 0;
    this.#host.requestResolution();
    this.#publishFailure();
    for (const subchannel of this.#subchannels.values()) subchannel.connect();
  }

  #select(subchannel: Subchannel): void {
    this.#disarm();
    this.#selected = subchannel;
    this.#failed = undefined;
    this.#closeAll((_, other) => other === subchannel);
    this.#publishSelected(subchannel);
  }

  #publishSelected(subchannel: Subchannel): void {
    if (subchannel.state === "READY") {
      this.#publish({ state: "READY", picker: fixedPicker(subchannel) });
    } else if (subchannel.error !== undefined) {
      // Connected, but its server says that it isn't serving.
      this.#publish(failure(subchannel.error));
    } else {
      // Connected, but its server hasn't yet said how it is.
      this.#publishConnecting();
    }
  }

  #lost(): void {
    this.#closeAll(() => false);
    // Not at once again: the server may have gone for good, and without calls nobody misses it.
    this.#publish({
      state: "IDLE",
      picker: wakingPicker(() => this.#host.defer(() => this.exitIdle())),
    });
    this.#host.requestResolution();
  }

  #publishConnecting(): void {
    if (this.#state !== "TRANSIENT_FAILURE") {
      this.#publish({ state: "CONNECTING", picker: waitingPicker });
    }
  }

  #publishFailure(): void {
    this.#publish(failure(noConnection(this.#addresses.size, this.#lastError)));
  }

  #publish(state: BalancerState): void {
    this.#state = state.state;
    this.#host.publish(state);
  }

  #closeAll(except: (key: string, subchannel: Subchannel) => boolean): void {
    for (const [key, subchannel] of this.#subchannels) {
      if (except(key, subchannel)) continue;
      this.#subchannels.delete(key);
      if (subchannel === this.#selected) this.#selected = undefined;
      subchannel.close();
    }
  }

  #arm(): void {
    const delayMs = Math.min(Math.max(this.#options.connectionAttemptDelayMs ?? 250, 100), 2_000);
    this.#alarm = this.#host.timers.set(delayMs, () => this.#tryNext());
  }

  #disarm(): void {
    if (this.#alarm !== undefined) this.#host.timers.clear(this.#alarm);
    this.#alarm = undefined;
  }
}
