import type { ConnectError } from "@connectrpc/connect";
import type { Address } from "../address.ts";
import type { ConnectivityState } from "../connectivity.ts";
import type { Attributes, Endpoint } from "../endpoint.ts";
import type { Timers } from "../timers.ts";
import type { Picker } from "./picker.ts";
import type { Subchannel, SubchannelListener } from "./subchannel.ts";

/** A way to spread calls over servers: a value, with its settings, that any number of channels may use. */
export interface BalancerPolicy {
  /** As service configs call it. */
  readonly name: string;
  /** Whether the channel watches the servers' health for it when told to (gRFC A17). Default true. */
  readonly watchesHealth?: boolean;
  /** Makes the balancer of one channel. */
  create(host: BalancerHost): Balancer;
}

/**
 * Keeps the connections of one channel and publishes pickers.
 *
 * Its methods, the listeners that it hands out and its alarms are called one at
 * a time and never inside one another. Only its pickers run at any time: from
 * them, `host.defer()` leads back.
 */
export interface Balancer {
  /**
   * The servers that there are now: all of them, and not what has changed.
   *
   * @returns false where nothing can be done with them
   */
  update(update: BalancerUpdate): boolean;
  /** They couldn't be found out. Where some are known from before, these stay in use. */
  resolutionFailed(error: ConnectError): void;
  /** Connects, where it was waiting for a call before it does. */
  exitIdle(): void;
  /** Gives up all subchannels and alarms, and publishes nothing any more. */
  close(): void;
}

export interface BalancerUpdate {
  readonly endpoints: readonly Endpoint[];
  readonly attributes?: Attributes;
}

/** What a balancer may ask of its channel. */
export interface BalancerHost {
  readonly timers: Timers;
  /** Gives a number from 0 to 1, without 1. */
  readonly random: () => number;
  /** Runs `task` soon, in turn with all else that the balancer is told. */
  defer(task: () => void): void;
  /** A connection to `address`, perhaps one that exists already. The caller has to close it. */
  createSubchannel(address: Address, listener: SubchannelListener): Subchannel;
  /** Replaces the state of the channel, and the picker of its calls. */
  publish(state: BalancerState): void;
  /** A server couldn't be reached, or has gone: others may be known by now. */
  requestResolution(): void;
}

/** A balancer's verdict. */
export type BalancerState =
  | {
      readonly state: Exclude<ConnectivityState, "TRANSIENT_FAILURE" | "SHUTDOWN">;
      readonly picker: Picker;
    }
  | {
      readonly state: "TRANSIENT_FAILURE";
      readonly picker: Picker;
      /** Why: `cause` is what happened last. */
      readonly error: ConnectError;
    };
