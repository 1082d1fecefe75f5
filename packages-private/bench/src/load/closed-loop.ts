import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { Caller } from "./caller.ts";
import type { CallPlan, CallWatcher } from "./caller.ts";

/** Where the load goes. */
export interface LoadTarget {
  readonly port: number;
  readonly tls: boolean;
}

/** How many calls are under way at any time, and which. */
export interface LoadShape {
  readonly connections: number;
  readonly streams: number;
  readonly plan: CallPlan;
}

/**
 * Load in a closed loop: a call that ends is followed by the next at once,
 * while a window is open. Between windows the connections stay, idle.
 */
export class ClosedLoop implements CallWatcher, AsyncDisposable {
  readonly #streams: number;
  readonly #callers: Caller[] = [];
  #issuing = false;
  #underWay = 0;
  #completed = 0;
  #drained: PromiseWithResolvers<void> = Promise.withResolvers();
  #failure: Error | undefined;

  private constructor(streams: number) {
    this.#streams = streams;
  }

  /** Opens the connections; resolves when each has the peer's SETTINGS. */
  static async open(target: LoadTarget, shape: LoadShape): Promise<ClosedLoop> {
    const loop = new ClosedLoop(shape.streams);
    for (let made = 0; made < shape.connections; made++) {
      const caller = new Caller(await openSocket(target), shape.plan, loop);
      loop.#callers.push(caller);
      await caller.ready;
    }
    return loop;
  }

  /**
   * Keeps the load up for `seconds` and lets the last calls end.
   *
   * @returns the calls that ended, and how long it took
   * @throws Error where a connection or a call failed
   */
  async run(seconds: number): Promise<{ readonly calls: number; readonly seconds: number }> {
    const before = this.#completed;
    const startedAt = performance.now();
    this.#drained = Promise.withResolvers();
    this.#issuing = true;
    for (const caller of this.#callers) {
      this.#underWay += this.#streams;
      caller.call(this.#streams);
    }
    const timer = setTimeout(() => {
      this.#issuing = false;
    }, seconds * 1000);
    try {
      this.#throwIfFailed();
      await this.#drained.promise;
    } finally {
      clearTimeout(timer);
    }
    this.#throwIfFailed();
    return {
      calls: this.#completed - before,
      seconds: (performance.now() - startedAt) / 1000,
    };
  }

  done(caller: Caller): void {
    this.#completed += 1;
    if (this.#issuing) {
      caller.call(1);
      return;
    }
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#drained.resolve();
  }

  failed(error: Error): void {
    this.#failure ??= error;
    this.#issuing = false;
    this.#drained.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers) caller.close();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** A connected socket; over TLS with ALPN h2, any certificate. */
export async function openSocket({ port, tls }: LoadTarget): Promise<Duplex> {
  if (!tls) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return socket;
  }
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    ALPNProtocols: ["h2"],
    // The certificate was made for this run alone; what is measured is the cipher's cost.
    rejectUnauthorized: false,
  });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  return socket;
}
