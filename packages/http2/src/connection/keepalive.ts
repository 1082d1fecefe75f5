import { Deadline } from "./deadlines.ts";
import type { Pings } from "./pings.ts";
import type { Session } from "./session.ts";

/**
 * Finds out that a silent peer is gone, gRFC A8 (clients) and A9 (servers):
 * after `keepaliveTimeMs` without an octet it is sent a PING, and is given up
 * when none comes within `keepaliveTimeoutMs` either.
 */
export class Keepalive {
  readonly #session: Session;
  readonly #pings: Pings;
  /** When an octet came last, in ms. */
  #heardAt: number;
  /** Octets received before the PING that is not answered; -1 without one. */
  #heardBefore = -1;

  constructor(session: Session, pings: Pings) {
    this.#session = session;
    this.#pings = pings;
    this.#heardAt = session.deadlines.now;
    this.#arm(session.limits.keepaliveTimeMs);
  }

  /** Octets have come. */
  heard(): void {
    this.#heardAt = this.#session.deadlines.now;
  }

  /** There are streams again: a client that had let it rest looks after the peer. */
  resume(): void {
    const { deadlines, limits } = this.#session;
    if (limits.keepaliveTimeMs === Infinity || deadlines.isArmed(Deadline.KEEPALIVE)) return;
    // How long it has been silent is known only when it is known what time it is.
    this.#arm(0);
  }

  /**
   * The deadline has passed: sends a PING where it is time for one.
   *
   * @returns whether the peer is to be given up
   */
  expired(activeStreams: number): boolean {
    const { deadlines, limits, counters } = this.#session;
    if (this.#heardBefore === counters.bytesReceived) return true;
    this.#heardBefore = -1;
    const silence = deadlines.now - this.#heardAt;
    if (silence < limits.keepaliveTimeMs) {
      // What is left may be less than the clock can count: it would be due again at once, for ever.
      this.#arm(Math.max(limits.keepaliveTimeMs - silence, 1));
    } else if (this.#session.isServer || activeStreams > 0 || limits.keepaliveWithoutCalls) {
      this.#heardBefore = counters.bytesReceived;
      this.#pings.send(() => {});
      this.#arm(limits.keepaliveTimeoutMs);
    }
    return false;
  }

  #arm(ms: number): void {
    this.#session.deadlines.arm(Deadline.KEEPALIVE, ms);
  }
}
