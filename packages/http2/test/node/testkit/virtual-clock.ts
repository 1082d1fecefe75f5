import type { Alarm, Clock } from "../../../src/node/clock.ts";

/** A clock that a test turns by hand. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #alarms: Set<{ at: number; callback: () => void }> = new Set();

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Alarm {
    const alarm = { at: this.#now + delayMs, callback };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** When the next one rings; Infinity where none is set. */
  get next(): number {
    return Math.min(Infinity, ...[...this.#alarms].map((alarm) => alarm.at));
  }

  /** Moves on by `ms`, and rings each alarm at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.next <= end) {
      this.#now = Math.max(this.#now, this.next);
      this.#ring();
    }
    this.#now = end;
  }

  /** Moves on by `ms` in one jump, as a blocked event loop does. */
  jump(ms: number): void {
    this.#now += ms;
    while (this.next <= this.#now) {
      this.#ring();
    }
  }

  #ring(): void {
    const at = this.next;
    for (const alarm of this.#alarms) {
      if (alarm.at === at) {
        this.#alarms.delete(alarm);
        alarm.callback();
        return;
      }
    }
  }
}
