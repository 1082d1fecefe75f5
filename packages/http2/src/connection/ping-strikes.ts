import type { Limits } from "../limits.ts";

/**
 * A server's patience with PINGs that keep nothing alive, gRFC A8: one that
 * comes too soon after the last is a strike, unless we sent HEADERS or DATA
 * since, which a client may well measure with a PING. Several of those may
 * leave in one turn, and their PINGs come back in one: each is worth one.
 */
export class PingStrikes {
  readonly #limits: Limits;
  #strikes = 0;
  #lastAt = -Infinity;
  /** HEADERS and DATA that PINGs have been allowed for. */
  #spent = 0;

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
    const since = now - this.#lastAt;
    this.#lastAt = now;
    if (this.#spent < sent) {
      // What was sent long ago excuses few: those that can still be on their way.
      this.#spent = Math.max(this.#spent + 1, sent - MAX_EXCUSED);
      this.#strikes = 0;
      return false;
    }
    const called = activeStreams > 0 || limits.keepaliveWithoutCalls;
    const interval = called ? limits.minPingIntervalMs : limits.minPingIntervalWithoutCallsMs;
    if (since < interval) this.#strikes++;
    return this.#strikes > limits.maxPingStrikes;
  }
}

/** PINGs that may come for HEADERS and DATA sent before the last PING. */
const MAX_EXCUSED = 100;
