import { Outbox } from "../bytes/outbox.ts";
import { ErrorCode, INITIAL_HEADER_TABLE_SIZE, MIN_MAX_FRAME_SIZE } from "../constants.ts";
import { ConnectionError, StreamError } from "../errors.ts";
import { FrameReader } from "../frames/reader.ts";
import { FrameWriter } from "../frames/writer.ts";
import { Decoder } from "../hpack/decoder.ts";
import type { HeaderList } from "../hpack/field.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import { defaultLimits } from "../limits.ts";
import type { Limits, Role } from "../limits.ts";
import { HeaderReceiver } from "../semantics/header-receiver.ts";
import type { StreamHandler } from "../stream/handler.ts";
import { Registry } from "../stream/registry.ts";
import type { Stream } from "../stream/stream.ts";
import { Control } from "./control.ts";
import { Credit } from "./credit.ts";
import { Deadline } from "./deadlines.ts";
import { Drain } from "./drain.ts";
import type { DrainReason } from "./drain.ts";
import type { ConnectionEnd, ConnectionHandler, RemoteSettings } from "./handler.ts";
import { Inbound } from "./inbound.ts";
import { Keepalive } from "./keepalive.ts";
import { Lifetime } from "./lifetime.ts";
import type { Outbound } from "./outbound.ts";
import { misuse } from "./outgoing-message.ts";
import { Pings } from "./pings.ts";
import { clientPreface, PrefaceReader } from "./preface.ts";
import { Session } from "./session.ts";
import { LocalSettings } from "./settings.ts";
import type { Stats } from "./stats.ts";
import { Streams } from "./streams.ts";

export interface ConnectionOptions {
  readonly role: Role;
  readonly handler: ConnectionHandler;
  /** Milliseconds of any monotonic clock: the same that `receive()`, `written()` and `expire()` get. */
  readonly now: number;
  /** Laid over `defaultLimits(role)`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
  /** Server: what a wrong preface gets: GOAWAY (default; after ALPN `h2`), or no answer at all. */
  readonly invalidPreface?: "goaway" | "silence";
  /** In [0, 1), for the jitter of `maxConnectionAgeMs`. Default `Math.random`. */
  readonly random?: () => number;
}

const ALL_DEADLINES = Object.values(Deadline);

/**
 * One HTTP/2 connection without its socket (RFC 9113). Its methods are of four kinds:
 *
 * - `receive(chunk, now)` and `receiveEnd(now)`: bytes from the network. The
 *   only place that catches the engine's errors, and turns them into RST_STREAM or GOAWAY.
 * - `openStream`, `ping`, `drain`, `abort`, and those of `Stream`: commands of
 *   the application. They never wait and never throw for what the peer did.
 * - `takeOutput()`, `written()`, `nextDeadline()` and `expire(now)`: what the
 *   driver must do. Nothing else leaves the engine but calls to its handlers.
 * - plain getters.
 */
export class Connection {
  readonly role: Role;
  readonly limits: Limits;

  readonly #session: Session;
  readonly #registry: Registry;
  readonly #frames: FrameWriter;
  readonly #streams: Streams;
  readonly #outbound: Outbound;
  readonly #credit: Credit;
  readonly #pings: Pings;
  readonly #drain: Drain;
  readonly #control: Control;
  readonly #inbound: Inbound;
  readonly #reader: FrameReader;
  readonly #keepalive: Keepalive;
  readonly #lifetime: Lifetime;
  readonly #preface: PrefaceReader | undefined;
  readonly #silent: boolean;
  /** The time of the turn, and whether it was cut short. */
  #turnAt = NaN;
  #cut = false;
  /** `openStream()` had no stream left. */
  #full = false;

  constructor(options: ConnectionOptions) {
    const { role } = options;
    const limits: Limits = { ...defaultLimits(role), ...options.limits };
    const session = new Session(
      role,
      limits,
      options.handler,
      options.observe === true,
      options.now,
    );
    const outbox = new Outbox();
    const frames = new FrameWriter(outbox);
    const decoder = new Decoder(
      INITIAL_HEADER_TABLE_SIZE,
      limits.maxHeaderListSize * limits.headerAbuseFactor,
    );
    const registry = new Registry(role === "client" ? 1 : 0, limits.recentlyClosedIds);
    const pings = new Pings(frames);
    const settings = new LocalSettings(session, frames, decoder);
    const credit = new Credit(session, frames, pings, settings);
    const onChange = (): void => this.#changed();
    const streams = new Streams(session, registry, credit, outbox, frames, onChange);
    const { outbound } = streams;
    const drain = new Drain(session, frames, pings, registry);
    const control = new Control({
      session,
      registry,
      streams,
      outbound,
      credit,
      pings,
      settings,
      drain,
      onChange,
    });
    const headers = new HeaderReceiver(decoder, limits);

    this.role = role;
    this.limits = limits;
    this.#session = session;
    this.#registry = registry;
    this.#frames = frames;
    this.#streams = streams;
    this.#outbound = outbound;
    this.#credit = credit;
    this.#pings = pings;
    this.#drain = drain;
    this.#control = control;
    this.#inbound = new Inbound({ session, registry, streams, credit, headers, control });
    this.#reader = new FrameReader(this.#inbound, {
      maxFrameSize: limits.maxFrameSize,
      maxBlockSize: limits.maxHeaderListSize * 2 + MIN_MAX_FRAME_SIZE,
    });
    this.#keepalive = new Keepalive(session, pings);
    this.#lifetime = new Lifetime(session, options.random ?? Math.random);
    this.#silent = options.invalidPreface === "silence";
    this.#preface = role === "server" ? new PrefaceReader() : undefined;
    session.deadlines.arm(Deadline.PREFACE, limits.prefaceMs);
    if (role === "client") {
      const preface = clientPreface();
      outbox.append(preface, 0, preface.length);
      control.announce();
    }
  }

  // Bytes from the network

  /**
   * @param chunk borrowed for the call
   * @param now the same for all calls of one turn of the event loop: budgets by turn count by it
   * @returns octets taken. Fewer than given is enough for this turn: give the
   *   rest again in the next, or when `readable` is true again. All of them once `closed`.
   */
  receive(chunk: Uint8Array, now: number): number {
    const session = this.#session;
    if (session.ended) return chunk.length;
    session.enter(now);
    this.#beginTurn(now);
    this.#pings.stamp(now);
    this.#keepalive.heard();
    const taken = this.#read(chunk);
    session.counters.bytesReceived += taken;
    this.#cut = taken < chunk.length;
    if (!session.ended) this.#watchFrame();
    session.leave();
    return taken;
  }

  /** The peer's FIN, or the loss of the socket: ends everything. */
  receiveEnd(now: number): void {
    this.#session.enter(now);
    const { farewell } = this.#control;
    this.#end(farewell ?? { by: "transport", code: ErrorCode.NO_ERROR, token: "" }, false);
    this.#session.leave();
  }

  #beginTurn(now: number): void {
    if (now === this.#turnAt && !this.#cut) return;
    this.#turnAt = now;
    this.#session.turn++;
    this.#reader.allowance = this.limits.framesPerTurn;
    this.#inbound.newStreamsLeft = this.limits.streamsPerTurn;
  }

  /** @returns how many octets were taken: all of them when that ended the connection */
  #read(chunk: Uint8Array): number {
    let at = this.#readPreface(chunk);
    while (!this.#session.ended) {
      try {
        return this.#reader.read(chunk, at);
      } catch (error) {
        at = this.#reader.position;
        this.#caught(error);
      }
    }
    return chunk.length;
  }

  /** A server's first octets. @returns how many of `chunk` were that */
  #readPreface(chunk: Uint8Array): number {
    if (this.#preface === undefined || this.#preface.complete) return 0;
    const n = this.#preface.read(chunk);
    if (n === -1) this.#fail(ErrorCode.PROTOCOL_ERROR, "preface_invalid");
    else if (this.#preface.complete) this.#control.announce();
    return n;
  }

  /** What else than DATA has begun must end in time (slow senders hold memory). */
  #watchFrame(): void {
    const { deadlines } = this.#session;
    // Where we stopped reading, it is not the peer who is slow.
    if (!this.#reader.incomplete || this.#cut) deadlines.clear(Deadline.HEADER_BLOCK);
    else if (!deadlines.isArmed(Deadline.HEADER_BLOCK)) {
      deadlines.arm(Deadline.HEADER_BLOCK, this.limits.headerBlockMs);
    }
  }

  /** The one catch: the error's class says how much ends, RFC 9113 §5.4. */
  #caught(error: unknown): void {
    if (error instanceof StreamError) {
      this.#streamFailed(error);
    } else if (error instanceof ConnectionError) {
      this.#fail(error.code, error.token);
    } else {
      this.#failByBug(error);
    }
  }

  #streamFailed(error: StreamError): void {
    const { budgets, counters, deadlines } = this.#session;
    counters.streamErrors++;
    try {
      budgets.streamError(deadlines.now);
      this.#streams.refuse(error.streamId, error.code, error.token);
    } catch (worse) {
      this.#caught(worse);
    }
  }

  #failByBug(bug: unknown): void {
    const code = ErrorCode.INTERNAL_ERROR;
    this.#end({ by: "local", code, token: "internal_error", bug }, true);
  }

  #fail(code: ErrorCode, token: string): void {
    this.#end({ by: "local", code, token }, true);
  }

  /** The end of the connection, whatever caused it. Happens once: nothing is read or answered after it. */
  #end(end: ConnectionEnd, goaway: boolean): void {
    const session = this.#session;
    if (session.ended) return;
    session.ended = true;
    // A peer that doesn't speak HTTP/2 isn't spoken to.
    if (goaway && !(this.#silent && this.#preface?.complete === false)) {
      this.#control.announce();
      this.#frames.goaway(this.#registry.lastStartedId, end.code, end.token);
    }
    if (end.by === "local") session.budgets.ended(end.token);
    session.deadlines.clearAll();
    this.#streams.closeAll(end.code, end.token);
    try {
      session.handler.closed(end);
    } catch (error) {
      session.threw(error);
    }
    session.wake();
  }

  /** A stream has begun or ended, or how many there may be has changed. */
  #changed(): void {
    if (this.#session.ended) return;
    if (this.#streams.active > 0) {
      this.#lifetime.busy();
      this.#keepalive.resume();
      if (this.#registry.lastRemoteId > this.limits.maxStreamId) this.drain("max_streams");
    } else if (this.#drain.final) {
      this.#end({ by: "local", code: ErrorCode.NO_ERROR, token: this.#drain.reason }, false);
    } else if (this.#control.farewell !== undefined) {
      this.#end(this.#control.farewell, false);
    } else {
      this.#lifetime.idle();
    }
    if (this.#full) this.#tellAvailable();
  }

  #tellAvailable(): void {
    const count = this.availableStreams;
    if (count === 0) return;
    this.#full = false;
    const { handler } = this.#session;
    try {
      handler.streamsAvailable?.(count);
    } catch (error) {
      this.#session.threw(error);
    }
  }

  // Commands of the application

  /**
   * Client: opens a stream.
   *
   * @throws UsageError for a malformed list, on a server, or when `availableStreams` is 0
   */
  openStream(
    headers: HeaderList | HeaderBlock,
    handler: StreamHandler,
    options?: { readonly endStream?: boolean },
  ): Stream {
    if (this.#session.isServer) throw misuse("not_a_client");
    if (this.availableStreams === 0) throw misuse("no_stream_available");
    const stream = this.#streams.open(headers, handler, options?.endStream === true);
    this.#full = this.availableStreams === 0;
    if (this.#registry.nextLocalId > this.limits.maxStreamId) this.drain("max_streams");
    this.#session.wake();
    return stream;
  }

  /** Sends a PING; `onAck` gets the round trip's time, and is never called when the connection ends first. */
  ping(onAck: (rttMs: number) => void): void {
    if (this.#session.ended) return;
    this.#pings.send((rttMs) => {
      try {
        onAck(rttMs);
      } catch (error) {
        this.#session.threw(error);
      }
    });
    this.#session.wake();
  }

  /** Ends gracefully: no new streams, those that are open go on, then `closed`. */
  drain(reason: DrainReason): void {
    if (this.#session.ended) return;
    this.#control.announce();
    this.#drain.begin(reason, () => this.#changed());
    this.#session.wake();
  }

  /** Ends at once, with GOAWAY. `token` is one ASCII word with underscores. */
  abort(code: ErrorCode, token: string): void {
    this.#fail(code, token);
  }

  /** While true, stalled streams are ended after `stalledSendPressureMs`. */
  setMemoryPressure(high: boolean): void {
    const { stalledSendMs, stalledSendPressureMs } = this.limits;
    this.#outbound.stalledSendMs = high ? stalledSendPressureMs : stalledSendMs;
  }

  // What the driver must do

  /** Buffers to write in order. They are not touched again. */
  takeOutput(): Uint8Array[] {
    this.#session.enterUntimed();
    const output = this.#outbound.take();
    this.#session.leaveUntimed();
    this.#session.flushed();
    return output;
  }

  get outputPending(): boolean {
    return this.#outbound.pending;
  }

  /** After each write, and when the socket has drained: `unsentBytes` is what it still holds of ours. */
  written(unsentBytes: number, now: number): void {
    const { deadlines } = this.#session;
    this.#session.enter(now);
    this.#pings.stamp(now);
    const progress = this.#outbound.written(unsentBytes);
    if (!this.#session.ended) {
      if (unsentBytes === 0) deadlines.clear(Deadline.WRITE_PROGRESS);
      else if (progress || !deadlines.isArmed(Deadline.WRITE_PROGRESS)) {
        deadlines.arm(Deadline.WRITE_PROGRESS, this.limits.writeProgressMs);
      }
      this.#outbound.callProducers();
    }
    this.#session.leave();
  }

  /** When to call `expire()`; Infinity if never. */
  nextDeadline(): number {
    return this.#session.deadlines.next;
  }

  expire(now: number): void {
    const session = this.#session;
    session.enter(now);
    for (const deadline of ALL_DEADLINES) {
      if (session.ended || !session.deadlines.takeExpired(deadline)) continue;
      try {
        this.#expired(deadline);
      } catch (error) {
        this.#caught(error);
      }
    }
    session.leave();
  }

  #expired(deadline: Deadline): void {
    switch (deadline) {
      case Deadline.PREFACE:
        return this.#fail(ErrorCode.SETTINGS_TIMEOUT, "preface_timeout");
      case Deadline.SETTINGS_ACK:
        return this.#fail(ErrorCode.SETTINGS_TIMEOUT, "settings_ack_timeout");
      case Deadline.HEADER_BLOCK:
        return this.#fail(ErrorCode.ENHANCE_YOUR_CALM, "header_block_timeout");
      case Deadline.WRITE_PROGRESS:
        return this.#session.budgets.trip("write_stalled");
      case Deadline.STALLED_SEND:
        for (const stream of this.#outbound.stalled(this.#registry.values())) {
          this.#streams.stalled(stream);
        }
        return;
      case Deadline.DRIBBLE:
        return this.#outbound.dribble();
      case Deadline.GOAWAY_PING:
        this.#drain.conclude();
        return this.#changed();
      case Deadline.KEEPALIVE:
        if (this.#keepalive.expired(this.#streams.active)) {
          this.#fail(ErrorCode.NO_ERROR, "keepalive_timeout");
        }
        return;
      case Deadline.IDLE:
        return this.drain("max_idle");
      case Deadline.AGE:
        this.#lifetime.aged();
        return this.drain("max_age");
      case Deadline.AGE_GRACE:
        return this.#fail(ErrorCode.NO_ERROR, "max_age");
    }
  }

  // Getters

  /** False while `receive()` would take nothing, since our answers wait for the socket. */
  get readable(): boolean {
    return this.#control.readable;
  }

  /** After the end: write what `takeOutput()` has, end the socket, destroy it after `closeLingerMs`. */
  get closed(): boolean {
    return this.#session.ended;
  }

  /** No new streams: by `drain()`, by the peer's GOAWAY, or closed. */
  get draining(): boolean {
    return this.closed || this.#drain.begun || this.#control.farewell !== undefined;
  }

  /** Client: how many streams can be opened now. */
  get availableStreams(): number {
    return this.#control.availableStreams;
  }

  /** Streams that are open, or whose handler is at work. */
  get activeStreams(): number {
    return this.#streams.active;
  }

  get remoteSettings(): RemoteSettings {
    return this.#control.peer;
  }

  stats(): Stats {
    const { counters, budgets } = this.#session;
    return {
      ...counters,
      framesReceived: this.#reader.frames,
      streamsWaiting: this.#streams.waiting,
      rttMs: this.#pings.rttMs,
      connectionReceiveWindow: this.#credit.connectionWindow,
      streamReceiveWindow: this.#credit.initialWindow.size,
      trips: { ...budgets.trips },
    };
  }
}
