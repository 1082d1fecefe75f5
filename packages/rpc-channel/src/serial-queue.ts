/**
 * Runs tasks one at a time and in order, each to its end.
 *
 * Whatever happens to resolvers and balancers goes through one of these: what
 * they are told never arrives inside something that they are doing. No other
 * file of the channel postpones work.
 */
export class SerialQueue {
  readonly #failed: (error: unknown) => void;
  readonly #tasks: (() => void)[];
  #running: boolean;

  /** @param failed is told what a task threw; the tasks behind it run all the same */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
    this.#tasks = [];
    this.#running = false;
  }

  /** Runs `task` now, or behind those that run and wait. */
  run(task: () => void): void {
    this.#tasks.push(task);
    if (!this.#running) this.#drain();
  }

  /** Runs `task` in its turn, but not before the caller has returned. */
  defer(task: () => void): void {
    queueMicrotask(() => this.run(task));
  }

  #drain(): void {
    this.#running = true;
    for (const task of this.#tasks) {
      // The loop takes in what tasks append.
      try {
        task();
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#tasks.length = 0;
    this.#running = false;
  }
}
