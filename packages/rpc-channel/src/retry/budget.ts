/** What a service config says of throttling (gRFC A6, retryThrottling). */
export interface RetryThrottling {
  /** From 1 to 1,000. */
  readonly maxTokens: number;
  /** What a success gives back; three digits behind the point count. */
  readonly tokenRatio: number;
}

/**
 * Says whether a server that fails may be asked again at all (gRFC A6): one of
 * these for each server name. A failure costs a token and a success gives a
 * part of one back; with half of them gone, nothing is tried again.
 */
export class RetryBudget {
  /** In thousandths, so that many small parts add up to whole ones. */
  readonly #max: number;
  readonly #ratio: number;
  #tokens: number;

  constructor(throttling: RetryThrottling) {
    this.#max = throttling.maxTokens * 1_000;
    this.#ratio = Math.floor(throttling.tokenRatio * 1_000);
    this.#tokens = this.#max;
  }

  succeeded(): void {
    this.#tokens = Math.min(this.#tokens + this.#ratio, this.#max);
  }

  /** An attempt failed in a way that can be tried again, or whose server asked not to. */
  failed(): void {
    this.#tokens = Math.max(this.#tokens - 1_000, 0);
  }

  get allows(): boolean {
    return this.#tokens > this.#max / 2;
  }

  /**
   * The budget under a new service config, as full in proportion as this one:
   * a change of numbers must not let loose what was being held back.
   */
  under(throttling: RetryThrottling): RetryBudget {
    const next = new RetryBudget(throttling);
    next.#tokens = Math.round((this.#tokens / this.#max) * next.#max);
    return next;
  }
}
