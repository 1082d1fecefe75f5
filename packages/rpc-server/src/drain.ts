import { Code, ConnectError } from "@connectrpc/connect";
import type { Logger } from "./logger.ts";
import type { Port } from "./port/port.ts";
import type { Timer, Timers } from "./timers.ts";

/** How long implementations may take to answer once they are told that the grace is over, in ms. */
const farewellMs = 500;

export interface DrainOptions {
  readonly ports: readonly Port[];
  /** Aborts the signals of all calls. */
  readonly shutdown: AbortController;
  /** Ends the calls of our engine with a status. */
  readonly cancelAll: (error: ConnectError) => void;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 *     DRAINING ──grace over──▶ FAREWELL ──farewellMs──▶ CUT
 *        └────────── all connections have ended ─────────┴──▶ over
 *
 * DRAINING lets calls go on and refuses new ones (GOAWAY, RFC 9113 §6.8).
 * FAREWELL has told all implementations; what they answer still reaches their
 * clients. CUT closes what is left: clients see UNAVAILABLE.
 */
export class Drain {
  /** Resolves when all connections have ended. */
  readonly over: Promise<void>;
  readonly #options: DrainOptions;
  #graceEnds = Infinity;
  #timer: Timer | undefined = undefined;
  #isOver = false;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.over = Promise.all(options.ports.map((port) => port.drain())).then(() => this.#end());
  }

  /** The grace ends in `graceMs`, unless it ends sooner anyway. */
  limit(graceMs: number): void {
    const { timers } = this.#options;
    const ends = timers.now() + graceMs;
    if (this.#isOver || ends >= this.#graceEnds) return;
    this.#graceEnds = ends;
    this.#set(graceMs, () => this.#farewell());
  }

  #farewell(): void {
    const { ports, shutdown, logger } = this.#options;
    const calls = ports.reduce((sum, port) => sum + port.calls, 0);
    if (calls > 0) logger.warn({ calls }, "the grace is over: open calls are cut off");
    shutdown.abort(shuttingDown());
    this.#set(calls > 0 ? farewellMs : 0, () => this.#cut());
  }

  #cut(): void {
    const { ports, cancelAll } = this.#options;
    cancelAll(shuttingDown());
    for (const port of ports) {
      port.destroy().catch((error: unknown) => {
        this.#options.logger.error({ err: error }, "a port could not be closed");
      });
    }
  }

  #end(): void {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
  }

  #set(ms: number, callback: () => void): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = this.#options.timers.set(ms, callback);
  }
}

function shuttingDown(): ConnectError {
  return new ConnectError("the server is shutting down", Code.Unavailable);
}
