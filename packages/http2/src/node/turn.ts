import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";

/**
 * A turn of the event loop: from the first thing that happens to the moment
 * when all that was ready has been looked at.
 */
export class Turn {
  readonly #clock: Clock;
  readonly #finish: () => void;
  #now: number;
  #running = false;
  #tasks: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#now = clock.now();
    this.#finish = () => this.#end();
  }

  /**
   * The turn's time: read once, then the same to its end. The engine counts
   * its work by turn by it, and it costs only the first connection of a turn.
   */
  now(): number {
    if (!this.#running) {
      this.#running = true;
      this.#now = this.#clock.now();
      setImmediate(this.#finish);
    }
    return this.#now;
  }

  /** It is `now`, as a timer has read. */
  renew(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** Calls `task` at the end of this turn: one call gathers what many connections and promises have done. */
  atEnd(task: () => void): void {
    this.now();
    this.#tasks.push(task);
  }

  #end(): void {
    const tasks = this.#tasks;
    this.#tasks = [];
    let done = 0;
    try {
      while (done < tasks.length) tasks[done++]?.();
    } finally {
      // One that throws takes none of the others with it.
      this.#tasks.push(...tasks.slice(done));
      this.#running = false;
      if (this.#tasks.length > 0) this.now();
    }
  }
}

/** The one of this thread. */
export const threadTurn: Turn = new Turn(systemClock);
