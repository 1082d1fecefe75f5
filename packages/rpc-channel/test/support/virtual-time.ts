import type { Timer, Timers } from "../../src/timers.ts";

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes when it is told to, and everything that happens in it one after the other. */
export class VirtualTime implements Timers {
  #now = 0;
  #order = 0;
  readonly #alarms = new Set<Alarm>();
  readonly #tasks: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  set(ms: number, callback: () => void): Timer {
    const alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    if (ms !== Infinity) this.#alarms.add(alarm);
    return alarm;
  }

  clear(timer: Timer): void {
    this.#alarms.delete(timer as Alarm);
  }

  /** How many alarms are set. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** Runs `task` when whatever runs now has ended. */
  readonly defer = (task: () => void): void => {
    this.#tasks.push(task);
  };

  /** Runs all that was deferred. @throws Error where there is no end to it */
  settle(): void {
    for (let i = 0; this.#tasks.length > 0; i++) {
      if (i > 100_000) throw new Error("it spins: a hundred thousand tasks, and no end");
      this.#tasks.shift()?.();
    }
  }

  /** Lets `ms` pass, with everything that comes due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    this.settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      this.settle();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at > end) continue;
      if (first === undefined || alarm.at < first.at) first = alarm;
      else if (alarm.at === first.at && alarm.order < first.order) first = alarm;
    }
    return first;
  }
}
