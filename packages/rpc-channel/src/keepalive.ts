/** The shortest interval at which a client may ping (gRFC A8). */
const shortestMs = 10_000;

/**
 * How often the connections of a channel ping an idle peer (gRFC A8).
 *
 * A server that finds this too often ends the connection with GOAWAY
 * ENHANCE_YOUR_CALM and `too_many_pings`: the connections that come after it
 * ping half as often, for as long as the channel lives.
 */
export class KeepaliveInterval {
  #ms: number;

  /** @param timeMs Infinity never pings; what is below 10,000 is taken for 10,000 */
  constructor(timeMs: number) {
    this.#ms = Math.max(timeMs, shortestMs);
  }

  /** Milliseconds, for the next connection. */
  get ms(): number {
    return this.#ms;
  }

  /** A connection that pinged every `usedMs` was ended for it. Many may report the same interval. */
  tooManyPings(usedMs: number): void {
    this.#ms = Math.max(this.#ms, usedMs * 2);
  }
}
