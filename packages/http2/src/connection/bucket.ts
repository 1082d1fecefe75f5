import type { Rate } from "../limits.ts";

/** A token bucket: full at first, refilled with time and by what the peer does well. */
export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** @returns false where fewer than `cost` tokens are left: none are taken then */
  take(cost: number, now: number): boolean {
    if (this.#tokens < cost) this.#refill(now);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  give(tokens: number): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + tokens);
  }

  #refill(now: number): void {
    // Only when it is short: most buckets never are, and need no arithmetic then.
    this.give(((now - this.#at) / 1000) * this.#rate.perSecond);
    this.#at = now;
  }
}
