/** The states of a connection and of a channel (gRPC, "Connectivity Semantics and API"). */
export type ConnectivityState = "IDLE" | "CONNECTING" | "READY" | "TRANSIENT_FAILURE" | "SHUTDOWN";

/**
 *                 ┌────────────── idle timeout ──────────────┐
 *                 ▼                                          │
 *     ┌──────► IDLE ── a call ──► CONNECTING ── opened ──► READY
 *     │                           ▲        │                 │
 *     │                 attempt   │        │ failed          │ lost
 *     │                           │        ▼                 │
 *     └── backoff is over ── TRANSIENT_FAILURE ◄─────────────┘
 *
 * and SHUTDOWN from everywhere, for good. A lost connection may lead to IDLE
 * as well: to an address that was good a moment ago, nobody has to wait.
 */
const transitions: Readonly<Record<ConnectivityState, readonly ConnectivityState[]>> = {
  IDLE: ["CONNECTING", "SHUTDOWN"],
  CONNECTING: ["IDLE", "READY", "TRANSIENT_FAILURE", "SHUTDOWN"],
  READY: ["IDLE", "CONNECTING", "TRANSIENT_FAILURE", "SHUTDOWN"],
  TRANSIENT_FAILURE: ["IDLE", "CONNECTING", "SHUTDOWN"],
  SHUTDOWN: [],
};

/** Whether the connection of a subchannel may go from one state to the other. */
export function canFollow(from: ConnectivityState, to: ConnectivityState): boolean {
  return transitions[from].includes(to);
}

/** The best state comes first: one good member makes the whole good. */
const precedence = ["READY", "CONNECTING", "IDLE", "TRANSIENT_FAILURE"] as const;

/** The state of many as that of one, kept by counting. */
export class StateCounts {
  readonly #counts: Record<ConnectivityState, number>;

  constructor() {
    this.#counts = { IDLE: 0, CONNECTING: 0, READY: 0, TRANSIENT_FAILURE: 0, SHUTDOWN: 0 };
  }

  add(state: ConnectivityState): void {
    this.#counts[state]++;
  }

  remove(state: ConnectivityState): void {
    this.#counts[state]--;
  }

  /** READY where one is, else CONNECTING, else IDLE; TRANSIENT_FAILURE where all are, or none is there. */
  get aggregate(): Exclude<ConnectivityState, "SHUTDOWN"> {
    return precedence.find((state) => this.#counts[state] > 0) ?? "TRANSIENT_FAILURE";
  }
}
