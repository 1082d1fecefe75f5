import { Caller } from "../load/caller.ts";
import type { CallPlan, CallWatcher } from "../load/caller.ts";
import { openSocket } from "../load/closed-loop.ts";
import type { LoadTarget } from "../load/closed-loop.ts";

const TICK_MS = 1;

/**
 * Calls at a steady rate, whatever the server does: each has a connection of
 * its own while it is under way, and its time counts from when it was due, so
 * that a server that stalls doesn't spare itself the calls that it kept waiting.
 */
export class PacedLoad implements CallWatcher, AsyncDisposable {
  readonly #callers: Caller[] = [];
  readonly #idle: Caller[] = [];
  readonly #dueAt = new Map<Caller, number>();
  /** When calls were due for which no connection was free. */
  readonly #late: number[] = [];
  #taken: number[] = [];
  #failure: Error | undefined;

  private constructor() {}

  static async open(target: LoadTarget, plan: CallPlan, connections: number): Promise<PacedLoad> {
    const load = new PacedLoad();
    for (let made = 0; made < connections; made++) {
      const caller = new Caller(await openSocket(target), plan, load);
      load.#callers.push(caller);
      load.#idle.push(caller);
      await caller.ready;
    }
    return load;
  }

  /**
   * @param rate calls a second
   * @returns how long each call took, in milliseconds
   * @throws Error where a call failed
   */
  async run(rate: number, seconds: number): Promise<readonly number[]> {
    this.#taken = [];
    const startedAt = performance.now();
    const total = Math.floor(rate * seconds);
    let issued = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - startedAt) * rate) / 1000);
      for (; issued < due; issued++) this.#issue(startedAt + (issued * 1000) / rate);
      if (this.#failure !== undefined || this.#taken.length === total) resolve();
    }, TICK_MS);
    await promise.finally(() => clearInterval(timer));
    if (this.#failure !== undefined) throw this.#failure;
    return this.#taken;
  }

  done(caller: Caller): void {
    this.#taken.push(performance.now() - (this.#dueAt.get(caller) ?? Number.NaN));
    const due = this.#late.shift();
    if (due === undefined) this.#idle.push(caller);
    else this.#start(caller, due);
  }

  failed(error: Error): void {
    this.#failure ??= error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers) caller.close();
  }

  #issue(due: number): void {
    const caller = this.#idle.pop();
    if (caller === undefined) this.#late.push(due);
    else this.#start(caller, due);
  }

  #start(caller: Caller, due: number): void {
    this.#dueAt.set(caller, due);
    caller.call(1);
  }
}
