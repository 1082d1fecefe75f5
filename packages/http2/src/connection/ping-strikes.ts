import type { Limits } from "../limits.ts";

/**
 * A server's patience with PINGs that keep nothing alive, gRFC A8: one that
 * comes too soon after the last is a strike, unless we sent HEADERS or DATA
 * since, which a client may well measure with a PING.
 */
export class PingStrikes {
  readonly #limits: Limits;
  #strikes = 0;
  #lastAt = -Infinity;
  #sentBefore = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * A PING has come.
   *
   * @param sent HEADERS and DATA frames that we have sent so far
   * @returns whether that was one too many
   */
  strike(now: number, sent: number, activeStreams: number): boolean {
    const limits = this.#limits;
    const earned = sent !== this.#sentBefore;
    const since = now - this.#lastAt;
    this.#sentBefore = sent;
    this.#lastAt = now;
    if (earned) {
      this.#strikes = 0;
      return false;
    }
    const called = activeStreams > 0 || limits.keepaliveWithoutCalls;
    const interval = called ? limits.minPingIntervalMs : limits.minPingIntervalWithoutCallsMs;
    if (since < interval) this.#strikes++;
    return this.#strikes > limits.maxPingStrikes;
  }
}
