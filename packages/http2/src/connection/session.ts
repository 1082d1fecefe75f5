import type { Limits, Role } from "../limits.ts";
import { Budgets } from "./budgets.ts";
import { Deadlines } from "./deadlines.ts";
import type { ConnectionHandler } from "./handler.ts";
import { Counters } from "./stats.ts";

/** What all parts of one connection share. */
export class Session {
  readonly role: Role;
  readonly limits: Limits;
  readonly handler: ConnectionHandler;
  readonly deadlines: Deadlines;
  readonly budgets: Budgets;
  readonly counters: Counters = new Counters();
  /** Counts the turns of the event loop in which something was received. */
  turn = 0;
  /** The connection is over: nothing more is read, and nothing more is sent. */
  ended = false;
  /** Octets of header lists and early data that are held for streams. */
  memory = 0;

  /** How deep inside of `receive()` and the like we are: the driver flushes after it anyway. */
  #busy = 0;
  /** The driver was told that there is output. */
  #woken = false;

  constructor(
    role: Role,
    limits: Limits,
    handler: ConnectionHandler,
    observe: boolean,
    now: number,
  ) {
    this.role = role;
    this.limits = limits;
    this.handler = handler;
    this.deadlines = new Deadlines(now);
    this.budgets = new Budgets(limits, observe, now);
  }

  get isServer(): boolean {
    return this.role === "server";
  }

  /** The driver calls: it is `now`. */
  enter(now: number): void {
    this.#busy++;
    this.deadlines.advance(now);
  }

  leave(): void {
    this.#busy--;
    this.deadlines.settle();
  }

  /** The driver calls, and doesn't say what time it is. */
  enterUntimed(): void {
    this.#busy++;
  }

  leaveUntimed(): void {
    this.#busy--;
  }

  /** After a command that may have made output: tells the driver, once. */
  wake(): void {
    if (this.#busy > 0 || this.#woken) return;
    this.#woken = true;
    this.call(() => this.handler.outputReady());
  }

  /** The driver has taken the output. */
  flushed(): void {
    this.#woken = false;
  }

  /** Calls the application where what it throws has nobody to catch it. */
  call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.threw(error);
    }
  }

  /** The application's code threw `error`. */
  threw(error: unknown): void {
    this.counters.handlerFaults++;
    try {
      this.handler.threw?.(error);
    } catch {
      // There is nobody left to tell.
    }
  }
}
