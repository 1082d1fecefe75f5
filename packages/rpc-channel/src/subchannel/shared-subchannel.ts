import type { ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import type { Limits } from "@privet/http2";
import type { Address } from "../address.ts";
import { Backoff, type BackoffOptions, connectTimeout } from "../backoff.ts";
import type { ConnectivityState } from "../connectivity.ts";
import type { KeepaliveInterval } from "../keepalive.ts";
import type { Timers } from "../timers.ts";
import { connectFailed } from "./connect-failed.ts";
import type { Connector } from "./connector.ts";
import { LiveConnection } from "./live-connection.ts";

/** How connections are made and kept. */
export interface ConnectionSettings {
  readonly connector: Connector;
  readonly timers: Timers;
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  /** For an attempt, up to the server's SETTINGS, in ms. */
  readonly minConnectTimeoutMs: number;
  readonly limits: Partial<Limits>;
  readonly keepalive: KeepaliveInterval;
}

/** One of those who share it; is told at once. */
export interface SubchannelUser {
  changed(state: ConnectivityState, error: ConnectError | undefined): void;
}

/**
 * A connection to one address, shared by all who want one like it.
 *
 *     IDLE ── connect() ──► CONNECTING ── SETTINGS ──► READY
 *      ▲ ▲                      │                        │ GOAWAY, or lost
 *      │ │                      ▼ failed                 ▼
 *      │ └── backoff over ── TRANSIENT_FAILURE ◄── lost before it was of any use
 *      └──────────────────────────────────────────── else
 *
 * A server that accepts connections only to end them is not connected to
 * without a pause: its backoff ends when it has answered a call.
 */
export class SharedSubchannel {
  readonly address: Address;
  readonly #settings: ConnectionSettings;
  readonly #unused: () => void;
  readonly #backoff: Backoff;
  readonly #users: Set<SubchannelUser> = new Set();
  #state: ConnectivityState = "IDLE";
  #error: ConnectError | undefined = undefined;
  #live: LiveConnection | undefined = undefined;
  #attempt: AbortController | undefined = undefined;
  /** When the next attempt is allowed, unless this one turns out well. */
  #notBefore = 0;

  /** @param unused the last user has gone: it isn't to be given to others */
  constructor(address: Address, settings: ConnectionSettings, unused: () => void) {
    this.address = address;
    this.#settings = settings;
    this.#unused = unused;
    this.#backoff = new Backoff(settings.backoff, settings.random);
  }

  get state(): ConnectivityState {
    return this.#state;
  }

  get error(): ConnectError | undefined {
    return this.#error;
  }

  /** What calls are opened on, while READY. */
  get live(): LiveConnection | undefined {
    return this.#live;
  }

  get scheme(): string {
    return this.#settings.connector.scheme;
  }

  enter(user: SubchannelUser): void {
    this.#users.add(user);
  }

  leave(user: SubchannelUser): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    // Who comes back for it within its backoff must find it so.
    if (this.#state === "TRANSIENT_FAILURE") return;
    this.#end();
  }

  connect(): void {
    if (this.#state !== "IDLE") return;
    const { timers, minConnectTimeoutMs } = this.#settings;
    const delayMs = this.#backoff.next();
    this.#notBefore = timers.now() + delayMs;
    this.#move("CONNECTING");
    void this.#open(connectTimeout(delayMs, minConnectTimeoutMs));
  }

  async #open(timeoutMs: number): Promise<void> {
    const { connector, keepalive, limits } = this.#settings;
    const attempt = new AbortController();
    const keepaliveTimeMs = keepalive.ms;
    const live = new LiveConnection({
      gone: (_, code, debug) => this.#gone(live, code, debug, keepaliveTimeMs),
    });
    this.#attempt = attempt;
    try {
      const socket = await connector.connect(this.address, {
        handler: live.handler,
        timeoutMs,
        signal: attempt.signal,
        limits: { ...limits, keepaliveTimeMs },
      });
      this.#opened(live, live.attach(socket), attempt.signal.aborted);
    } catch (error) {
      if (!attempt.signal.aborted) this.#failed(error);
    }
  }

  #opened(live: LiveConnection, alive: boolean, unwanted: boolean): void {
    this.#attempt = undefined;
    if (unwanted) {
      live.drain();
    } else if (alive) {
      this.#live = live;
      this.#move("READY");
    } else {
      this.#failed(new Error("the server ended the connection"));
    }
  }

  #failed(error: unknown): void {
    this.#attempt = undefined;
    this.#pause(connectFailed(this.address, error));
  }

  /** TRANSIENT_FAILURE, until the next attempt is allowed. */
  #pause(error: ConnectError): void {
    const { timers } = this.#settings;
    this.#move("TRANSIENT_FAILURE", error);
    const delayMs = Math.max(0, this.#notBefore - timers.now());
    timers.set(delayMs, () => {
      if (this.#users.size > 0) this.#move("IDLE");
      else this.#end();
    });
  }

  #end(): void {
    const live = this.#live;
    this.#live = undefined;
    this.#state = "SHUTDOWN";
    this.#unused();
    this.#attempt?.abort();
    live?.drain();
  }

  #gone(live: LiveConnection, code: ErrorCode, debug: string, keepaliveTimeMs: number): void {
    const { timers, keepalive } = this.#settings;
    if (code === ErrorCode.ENHANCE_YOUR_CALM && debug === "too_many_pings") {
      keepalive.tooManyPings(keepaliveTimeMs);
    }
    if (live !== this.#live) return;
    this.#live = undefined;
    if (live.proven) this.#backoff.reset();
    if (live.proven || timers.now() >= this.#notBefore) this.#move("IDLE");
    else this.#pause(connectFailed(this.address, new Error("the server ended the connection")));
  }

  #move(state: ConnectivityState, error?: ConnectError): void {
    if (this.#state === "SHUTDOWN") return;
    this.#state = state;
    this.#error = error;
    for (const user of this.#users) user.changed(state, error);
  }
}
