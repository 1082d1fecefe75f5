import type { Timer, Timers } from "./timers.ts";

/**
 * Notices that a channel has had no calls for a while.
 *
 * A call costs an increment: the alarm is not moved at every call but looks,
 * when it goes off, how much of the time is still missing.
 */
export class Idleness {
  readonly #timers: Timers;
  readonly #timeoutMs: number;
  readonly #idle: () => void;
  #calls: number;
  #quietSince: number;
  #alarm: Timer | undefined;

  /**
   * @param timeoutMs without calls; Infinity never comes
   * @param idle is called once for each such time; the next begins with `started()` or `watch()`
   */
  constructor(timers: Timers, timeoutMs: number, idle: () => void) {
    this.#timers = timers;
    this.#timeoutMs = timeoutMs;
    this.#idle = idle;
    this.#calls = 0;
    this.#quietSince = 0;
    this.#alarm = undefined;
  }

  /** Begins to count, where no call has begun but the channel connects all the same. */
  watch(): void {
    if (this.#alarm !== undefined || this.#timeoutMs === Infinity) return;
    this.#quietSince = this.#timers.now();
    this.#arm(this.#timeoutMs);
  }

  /** A call begins. */
  started(): void {
    this.#calls++;
    if (this.#alarm === undefined) this.watch();
  }

  /** A call is over. */
  ended(): void {
    this.#calls--;
    if (this.#calls === 0) this.#quietSince = this.#timers.now();
  }

  /** Stops counting, until the next call begins. */
  stop(): void {
    if (this.#alarm !== undefined) this.#timers.clear(this.#alarm);
    this.#alarm = undefined;
  }

  #arm(ms: number): void {
    this.#alarm = this.#timers.set(ms, () => this.#look());
  }

  #look(): void {
    this.#alarm = undefined;
    if (this.#calls > 0) {
      this.#arm(this.#timeoutMs);
      return;
    }
    const missingMs = this.#quietSince + this.#timeoutMs - this.#timers.now();
    if (missingMs > 0) {
      this.#arm(missingMs);
    } else {
      this.#idle();
    }
  }
}
