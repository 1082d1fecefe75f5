import { Code, ConnectError } from "@connectrpc/connect";
import type { CallSlots } from "../call-slots.ts";
import type { Logger } from "../logger.ts";
import type { Route } from "../router/route.ts";
import type { Timers } from "../timers.ts";
import type { CallHost, LiveCall } from "./call-host.ts";

/** An implementation that works on for so long after the end of its call ignores its signal. */
const defaultOverdueMs = 1000;

export interface LiveCallsOptions {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly maxHandlerMs: number;
  readonly slots: CallSlots;
}

/** The calls that hold a slot: open ones, and those whose implementations have not returned. */
export class LiveCalls implements CallHost {
  readonly timers: Timers;
  readonly maxHandlerMs: number;
  readonly overdueMs: number = defaultOverdueMs;
  readonly #logger: Logger;
  readonly #slots: CallSlots;
  // A list whose links are the calls' own: a call comes and goes with a few writes.
  #first: LiveCall | undefined = undefined;
  #size = 0;
  #overdue = 0;

  constructor(options: LiveCallsOptions) {
    this.timers = options.timers;
    this.maxHandlerMs = options.maxHandlerMs;
    this.#logger = options.logger;
    this.#slots = options.slots;
  }

  get size(): number {
    return this.#size;
  }

  /** Implementations that work on although their call ended a while ago. */
  get overdueCount(): number {
    return this.#overdue;
  }

  /** @returns undefined where there was a slot for the call; else why it is refused */
  add(call: LiveCall): ConnectError | undefined {
    if (!this.#slots.take()) {
      return new ConnectError("the server has no room for more calls", Code.ResourceExhausted);
    }
    call.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = call;
    this.#first = call;
    this.#size++;
    return undefined;
  }

  released(call: LiveCall): void {
    const { previous, next } = call;
    if (previous !== undefined) previous.next = next;
    else if (this.#first === call) this.#first = next;
    else return; // It was refused, and never had a slot.
    if (next !== undefined) next.previous = previous;
    call.previous = undefined;
    call.next = undefined;
    this.#size--;
    this.#slots.give();
  }

  /** Ends all calls with the status of `error`. */
  cancelAll(error: ConnectError): void {
    for (const call of this.#all()) call.cancel(error);
  }

  /** Aborts the signals of the calls whose route has `signal`, now or as soon as it aborts. */
  linkShutdown(signal: AbortSignal): void {
    const announce = (): void => {
      for (const call of this.#all()) {
        if (call.route?.shutdownSignal === signal) call.announceShutdown(signal.reason);
      }
    };
    signal.addEventListener("abort", announce, { once: true });
  }

  /** As they are now: those that end meanwhile are among them. */
  #all(): LiveCall[] {
    const calls: LiveCall[] = [];
    for (let call = this.#first; call !== undefined; call = call.next) calls.push(call);
    return calls;
  }

  report(route: Route, error: unknown, message: string): void {
    this.#logger.error({ err: error, method: route.path }, message);
  }

  overdue(route: Route, change: 1 | -1): void {
    this.#overdue += change;
    if (change === 1) {
      this.#logger.warn(
        { method: route.path, overdue: this.#overdue },
        "an implementation works on after the end of its call",
      );
    }
  }
}
