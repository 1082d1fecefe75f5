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
  /** Those that are set, and in the order of their times those that were ever set. */
  readonly #alarms = new Set<Alarm>();
  readonly #heap: Alarm[] = [];
  readonly #tasks: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  set(ms: number, callback: () => void): Timer {
    const alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    if (ms === Infinity) return alarm;
    this.#alarms.add(alarm);
    this.#push(alarm);
    return alarm;
  }

  clear(timer: Timer): void {
    this.#alarms.delete(timer as Alarm);
  }

  /** How many alarms are set. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** Whether something is deferred. */
  get busy(): boolean {
    return this.#tasks.length > 0;
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
    while (this.step(end)) {
      // Each step is one alarm.
    }
    this.leap(end);
  }

  /** The next alarm goes off, with all that was deferred. @returns false where none is due by `end` */
  step(end: number): boolean {
    const next = this.#next(end);
    if (next === undefined) return false;
    this.#alarms.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    this.settle();
    return true;
  }

  /** It is `time` all of a sudden, as after a sleep: what has come due meanwhile is late. */
  leap(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  #next(end: number): Alarm | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const isSet = this.#alarms.has(first);
      if (isSet && first.at > end) return undefined;
      this.#pop();
      if (isSet) return first;
    }
    return undefined;
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let i = heap.push(alarm) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent] as Alarm, alarm)) break;
      heap[i] = heap[parent] as Alarm;
      i = parent;
    }
    heap[i] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Alarm)) child++;
      if (isBefore(last, heap[child] as Alarm)) break;
      heap[i] = heap[child] as Alarm;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
