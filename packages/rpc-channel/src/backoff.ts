/** How long to wait between attempts, in milliseconds (gRPC, "Connection Backoff Protocol"). */
export interface BackoffOptions {
  /** After the first failure. Default 1,000. */
  readonly initialMs?: number;
  /** How much longer each time. Default 1.6. */
  readonly multiplier?: number;
  /** The longest, before jitter. Default 120,000. */
  readonly maxMs?: number;
  /** Every delay is this part longer or shorter, by chance. Default 0.2. */
  readonly jitter?: number;
}

/**
 * The delays of one thing that is tried again and again.
 *
 * A delay counts from the start of the attempt that failed, not from its end:
 * an attempt that took long enough may be followed by the next at once.
 */
export class Backoff {
  readonly #initialMs: number;
  readonly #multiplier: number;
  readonly #maxMs: number;
  readonly #jitter: number;
  readonly #random: () => number;
  #baseMs: number;

  /** @param random gives numbers from 0 to 1, without 1 */
  constructor(options: BackoffOptions, random: () => number) {
    this.#initialMs = options.initialMs ?? 1_000;
    this.#multiplier = options.multiplier ?? 1.6;
    this.#maxMs = options.maxMs ?? 120_000;
    this.#jitter = options.jitter ?? 0.2;
    this.#random = random;
    this.#baseMs = Math.min(this.#initialMs, this.#maxMs);
  }

  /** The milliseconds from the start of the attempt that failed to that of the next. */
  next(): number {
    const delayMs = this.#baseMs * (1 + this.#jitter * (2 * this.#random() - 1));
    this.#baseMs = Math.min(this.#baseMs * this.#multiplier, this.#maxMs);
    return delayMs;
  }

  /** It has worked: the next failure is a first one. */
  reset(): void {
    this.#baseMs = Math.min(this.#initialMs, this.#maxMs);
  }
}

/** An attempt to connect gets at least so long, up to the server's SETTINGS. */
const minConnectTimeoutMs = 20_000;

/**
 * How long an attempt may take that is followed, should it fail, by a delay of
 * `delayMs`: there is no sense in giving up before the next is due.
 */
export function connectTimeout(delayMs: number, minimumMs: number = minConnectTimeoutMs): number {
  return Math.max(delayMs, minimumMs);
}
