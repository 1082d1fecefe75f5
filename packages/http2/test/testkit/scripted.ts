import { Connection } from "../../src/index.ts";
import type { Limits, Role, Stats, Stream, StreamHandler } from "../../src/index.ts";
import type { HeaderBlock, HeaderList } from "../../src/index.ts";
import { concat, FrameLog, ping, preface, settings, settingsAck } from "./frames.ts";
import type { Seen } from "./frames.ts";
import { Recorder } from "./recorder.ts";
import type { Event, RecorderOptions } from "./recorder.ts";

export interface ScriptedOptions extends RecorderOptions {
  readonly limits?: Partial<Limits>;
  readonly observe?: boolean;
  readonly invalidPreface?: "goaway" | "silence";
  readonly random?: () => number;
  /** The entries of the peer's first SETTINGS. */
  readonly settings?: readonly (readonly [id: number, value: number])[];
  /** Exchange prefaces and SETTINGS first. Default true. */
  readonly handshake?: boolean;
  /** How the octets are cut before they are received. Default: not at all. */
  readonly cut?: (octets: Uint8Array) => Iterable<Uint8Array>;
}

/** An engine, and a peer across from it that sends what the test says, in virtual time. */
export class Scripted {
  readonly connection: Connection;
  readonly recorder: Recorder;
  now = 1000;
  /** What the engine's socket doesn't take: it holds so many octets of the output. */
  unsent = 0;
  readonly #log = new FrameLog();
  readonly #role: Role;
  readonly #cut: (octets: Uint8Array) => Iterable<Uint8Array>;
  #prefaceLeft: number;
  #seen: Seen[] = [];

  constructor(role: Role, options: ScriptedOptions = {}) {
    this.recorder = new Recorder(options);
    this.#role = role;
    this.#cut = options.cut ?? ((octets) => [octets]);
    this.#prefaceLeft = role === "client" ? preface.length : 0;
    this.connection = new Connection({
      role,
      handler: this.recorder,
      now: this.now,
      ...(options.limits !== undefined && { limits: options.limits }),
      ...(options.observe !== undefined && { observe: options.observe }),
      ...(options.invalidPreface !== undefined && { invalidPreface: options.invalidPreface }),
      ...(options.random !== undefined && { random: options.random }),
    });
    if (options.handshake !== false) this.#handshake(options.settings ?? []);
  }

  #handshake(entries: readonly (readonly [id: number, value: number])[]): void {
    if (this.#role === "server") this.send(preface);
    this.send(settings(...entries), settingsAck());
    this.sent();
    this.recorder.take();
  }

  /** Gives the engine these octets in one turn of their own, and those that it left in further ones. */
  send(...frames: readonly Uint8Array[]): this {
    for (const piece of this.#cut(concat(...frames))) this.#receive(piece);
    this.now++;
    return this;
  }

  #receive(piece: Uint8Array): void {
    let rest = piece;
    for (;;) {
      const taken = this.connection.receive(rest, this.now);
      this.flush();
      rest = rest.subarray(taken);
      if (rest.length === 0 || !this.connection.readable) return;
    }
  }

  /** Gives the engine these octets, and says how many it took at once. */
  receive(...frames: readonly Uint8Array[]): number {
    return this.connection.receive(concat(...frames), this.now);
  }

  /** The socket takes the output. */
  flush(): void {
    do {
      let output = concat(...this.connection.takeOutput());
      const skipped = Math.min(this.#prefaceLeft, output.length);
      this.#prefaceLeft -= skipped;
      output = output.subarray(skipped);
      this.#seen.push(...this.#log.read(output));
      this.connection.written(this.unsent, this.now);
    } while (this.connection.outputPending);
  }

  /** Time passes, and deadlines with it. */
  advance(ms: number): this {
    const until = this.now + ms;
    this.flush();
    for (;;) {
      const next = this.connection.nextDeadline();
      if (next > until) break;
      this.now = Math.max(this.now, next);
      this.connection.expire(this.now);
      this.flush();
    }
    this.now = until;
    return this;
  }

  /** What the engine sent since the last call. */
  sent(): Seen[] {
    this.flush();
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  /** Of `sent()`, the frames of these types. */
  sentOnly(...types: readonly string[]): Seen[] {
    return this.sent().filter((seen) => types.includes(seen.type));
  }

  /** Answers to the PINGs that the engine has sent so far and that were not answered. */
  pings(): Uint8Array[] {
    this.flush();
    return this.#log.pings.splice(0).map((octets) => ping(octets, true));
  }

  /** What the handlers were told since the last call. */
  events(): Event[] {
    return this.recorder.take();
  }

  /** A stream of the peer's that its handler got. */
  stream(id: number): Stream {
    const stream = this.recorder.streams.get(id);
    if (stream === undefined) throw new Error(`no handler has got stream ${id}`);
    return stream;
  }

  /** Opens a stream of the engine's, a client, and records what comes on it. */
  open(
    fields: HeaderList | HeaderBlock = requestFields,
    options: { readonly endStream?: boolean } = {},
  ): Stream {
    const stream: Stream = this.connection.openStream(
      fields,
      this.recorder.follow(() => stream) satisfies StreamHandler,
      options,
    );
    this.recorder.streams.set(stream.id, stream);
    return stream;
  }

  stats(): Stats {
    return this.connection.stats();
  }
}

export const requestFields: HeaderList = [
  ":method",
  "POST",
  ":scheme",
  "http",
  ":path",
  "/",
  ":authority",
  "localhost",
];

export const responseFields: HeaderList = [":status", "200"];

/** A server under test, behind its handshake. */
export function server(options?: ScriptedOptions): Scripted {
  return new Scripted("server", options);
}

/** A client under test, behind its handshake. */
export function client(options?: ScriptedOptions): Scripted {
  return new Scripted("client", options);
}
