import { Connection } from "../../src/index.ts";
import type { Limits, Role } from "../../src/index.ts";
import { concat } from "./frames.ts";
import { Recorder } from "./recorder.ts";
import type { RecorderOptions } from "./recorder.ts";

export interface PairOptions {
  readonly server?: RecorderOptions & { readonly limits?: Partial<Limits> };
  readonly client?: RecorderOptions & { readonly limits?: Partial<Limits> };
  /** One way, in ms. Default 1. */
  readonly latencyMs?: number;
  /** How octets are cut on their way. Default: not at all. */
  readonly cut?: (octets: Uint8Array) => Iterable<Uint8Array>;
}

/** One end, and what is on its way to it. */
export class End {
  readonly connection: Connection;
  readonly recorder: Recorder;
  readonly arriving: { readonly at: number; bytes: Uint8Array }[] = [];

  constructor(
    role: Role,
    options: (RecorderOptions & { limits?: Partial<Limits> }) | undefined,
    now: number,
  ) {
    this.recorder = new Recorder(options);
    this.connection = new Connection({
      role,
      handler: this.recorder,
      now,
      ...(options?.limits !== undefined && { limits: options.limits }),
    });
  }
}

/** A client and a server joined in memory, with a clock that moves when nothing else can. */
export class Pair {
  readonly client: End;
  readonly server: End;
  now = 0;
  readonly #latencyMs: number;
  readonly #cut: (octets: Uint8Array) => Iterable<Uint8Array>;

  constructor(options: PairOptions = {}) {
    this.#latencyMs = options.latencyMs ?? 1;
    this.#cut = options.cut ?? ((octets) => [octets]);
    this.client = new End("client", options.client, this.now);
    this.server = new End("server", options.server, this.now);
  }

  /** Moves octets, and time with them, until nothing is on its way. Deadlines that fall before that expire. */
  settle(): this {
    while (this.step()) {
      // Each step is the next thing that happens.
    }
    return this;
  }

  /** The next thing happens: output leaves, or octets arrive. @returns whether there was one */
  step(): boolean {
    const left = this.#leave(this.client, this.server);
    if (this.#leave(this.server, this.client) || left) return true;
    const next = Math.min(arrival(this.client), arrival(this.server));
    if (next === Infinity) return false;
    this.#moveTo(next);
    return true;
  }

  /** So much time passes, whatever else happens in it. */
  advance(ms: number): this {
    const until = this.now + ms;
    for (;;) {
      this.#leave(this.client, this.server);
      this.#leave(this.server, this.client);
      const next = Math.min(
        arrival(this.client),
        arrival(this.server),
        this.client.connection.nextDeadline(),
        this.server.connection.nextDeadline(),
      );
      if (next > until) break;
      this.#moveTo(next);
    }
    this.now = until;
    return this;
  }

  #moveTo(time: number): void {
    this.now = Math.max(this.now, time);
    for (const end of [this.client, this.server]) {
      if (end.connection.nextDeadline() <= this.now) end.connection.expire(this.now);
      this.#arrive(end);
    }
  }

  #leave(from: End, to: End): boolean {
    if (!from.connection.outputPending) return false;
    const output = concat(...from.connection.takeOutput());
    from.connection.written(0, this.now);
    for (const bytes of this.#cut(output)) {
      to.arriving.push({ at: this.now + this.#latencyMs, bytes: bytes.slice() });
    }
    return true;
  }

  #arrive(end: End): void {
    for (;;) {
      const next = end.arriving[0];
      if (next === undefined || next.at > this.now || !end.connection.readable) return;
      const taken = end.connection.receive(next.bytes, this.now);
      if (taken < next.bytes.length) {
        next.bytes = next.bytes.subarray(taken);
        return;
      }
      end.arriving.shift();
    }
  }
}

function arrival(end: End): number {
  return end.arriving[0]?.at ?? Infinity;
}
