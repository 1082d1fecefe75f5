/** Time as the binding sees it: one reading, one alarm. Tests hand in their own. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now at the earliest. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): Alarm;
}

export interface Alarm {
  cancel(): void;
}

/** The clock of this process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, callback) => {
    // What has a deadline has a socket too, and that one keeps the process alive.
    const timer = setTimeout(callback, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
