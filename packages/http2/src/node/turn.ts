import { type Clock, systemClock } from "./clock.ts";

/**
 * The time of the event loop's turn: read once, then the same until the loop
 * has come round. The engine counts its work by turn by it, and reading it is
 * free for all connections but the first.
 */
export class Turn {
  readonly #clock: Clock;
  readonly #end: () => void;
  #now: number;
  #running: boolean;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#now = clock.now();
    this.#running = false;
    this.#end = () => {
      this.#running = false;
    };
  }

  now(): number {
    if (!this.#running) {
      this.#running = true;
      this.#now = this.#clock.now();
      setImmediate(this.#end);
    }
    return this.#now;
  }

  /** A new turn begins at `now`, which a timer has read. */
  renew(now: number): void {
    this.#now = Math.max(this.#now, now);
  }
}

/** The one turn of this thread. */
export const threadTurn: Turn = new Turn(systemClock);
