import type { ConnectError } from "@connectrpc/connect";
import type { Route } from "../router/route.ts";
import type { Timers } from "../timers.ts";

/** A call that holds a slot. */
export interface LiveCall {
  /** Undefined where no route has its path. */
  readonly route: Route | undefined;
  /** Its neighbours among the live calls, which see to them. */
  previous: LiveCall | undefined;
  next: LiveCall | undefined;
  /** Ends it with the status of `error`. */
  cancel(error: ConnectError): void;
  /** The server shuts down: the implementation is told, and may go on. */
  announceShutdown(reason: unknown): void;
}

/** What all calls of a dispatcher share. */
export interface CallHost {
  readonly timers: Timers;
  /** An implementation that runs for longer has lost its slot, and its call has failed. */
  readonly maxHandlerMs: number;
  /** An implementation that runs on for so long after the end of its call is reported. */
  readonly overdueMs: number;
  /** An error that the client isn't told. */
  report(route: Route, error: unknown, message: string): void;
  /** The implementations that run on after the end have become one more, or one fewer. */
  overdue(route: Route, change: 1 | -1): void;
  /** Over, and the implementation at an end. */
  released(call: LiveCall): void;
}
