import type { Timer, Timers } from "../../../src/timers.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes when a test says so. */
export class VirtualTimers implements Timers {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  /** Alarms that are set. */
  get size(): number {
    return this.#alarms.size;
  }

  now(): number {
    return this.#now;
  }

  set(ms: number, callback: () => void): Timer {
    const alarm = { at: this.#now + ms, callback };
    if (ms !== Infinity) this.#alarms.add(alarm);
    return alarm;
  }

  clear(timer: Timer): void {
    this.#alarms.delete(timer as Alarm);
  }

  /** Lets `ms` pass: what is due goes off, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = due.at;
      this.#alarms.delete(due);
      due.callback();
    }
    this.#now = end;
  }
}
