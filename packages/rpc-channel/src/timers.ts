/** One alarm that was set. */
export type Timer = object;

/** Time, as every policy of the channel sees it; tests hand in their own. */
export interface Timers {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `callback` once, `ms` milliseconds from now or a little later. Infinity never comes. */
  set(ms: number, callback: () => void): Timer;
  /** Does nothing after it has gone off. */
  clear(timer: Timer): void;
}
