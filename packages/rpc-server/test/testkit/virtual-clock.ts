import type { Clock } from "../../src/index.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #alarms: Set<Alarm> = new Set();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): { cancel: () => void } {
    const alarm = { at: this.#now + delayMs, callback };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Rings what is due in the next `ms`, each at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    let next = this.#next();
    while (next !== undefined && next.at <= end) {
      this.#now = Math.max(this.#now, next.at);
      this.#alarms.delete(next);
      next.callback();
      next = this.#next();
    }
    this.#now = end;
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.at < first.at) first = alarm;
    return first;
  }
}
