import type { ConnectError } from "@connectrpc/connect";
import type { Address } from "../address.ts";
import type { ConnectivityState } from "../connectivity.ts";

/**
 * A connection to one address, as a balancer sees it: open, being opened, or
 * to be opened when asked.
 *
 *     IDLE ── connect() ──► CONNECTING ──► READY ── lost ──► IDLE
 *       ▲                       │
 *       └── backoff is over ── TRANSIENT_FAILURE
 *
 * Balancers that want a lost connection back have to ask for it.
 */
export interface Subchannel {
  readonly address: Address;
  /** The connection itself, where this lays something over another subchannel: what calls are opened on. */
  readonly base: Subchannel;
  /** What its listener was told last; before that, how it was found: connections may be shared. */
  readonly state: ConnectivityState;
  /**
   * Whether there is a connection. It can be that without being READY: while
   * the server says, or hasn't yet said, that it isn't serving (gRFC A17).
   */
  readonly connected: boolean;
  /** Why it is in TRANSIENT_FAILURE. */
  readonly error: ConnectError | undefined;
  /** Opens a connection in IDLE; does nothing elsewhere, so that no backoff is cut short. */
  connect(): void;
  /** Begins to watch what its server says of the health of a service. */
  watchHealth(service: string, listener: HealthListener): HealthWatch;
  /** Gives it up: its listener isn't told any more. Calls that run on it go on. */
  close(): void;
}

/** Is told that the state of a subchannel has changed, or another property with it. */
export type SubchannelListener = (subchannel: Subchannel) => void;

/** Is told what a server streams in answer to `grpc.health.v1.Health/Watch`. */
export interface HealthListener {
  /** @param serving whether the status is SERVING */
  status(serving: boolean): void;
  /** The stream has ended, which it should not. Nothing comes after it. */
  ended(error: ConnectError): void;
}

export interface HealthWatch {
  /** Ends it; the listener isn't called any more. */
  cancel(): void;
}
