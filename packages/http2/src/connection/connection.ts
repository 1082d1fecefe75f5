import { ErrorCode } from "../constants.ts";
import { ConnectionError, StreamError } from "../errors.ts";
import type { FrameReader } from "../frames/reader.ts";
import type { HeaderList } from "../hpack/field.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import { defaultLimits } from "../limits.ts";
import type { Limits, Role } from "../limits.ts";
import type { StreamHandler } from "../stream/handler.ts";
import type { Stream } from "../stream/stream.ts";
import { Deadline } from "./deadlines.ts";
import type { DrainReason } from "./drain.ts";
import type { ConnectionEnd, RemoteSettings } from "./handler.ts";
import type { Inbound } from "./inbound.ts";
import type { Outbound } from "./outbound.ts";
import type { ConnectionOptions } from "./options.ts";
import { misuse } from "./outgoing-message.ts";
import { assemble } from "./parts.ts";
import type { Parts } from "./parts.ts";
import { Session } from "./session.ts";
import type { Stats } from "./stats.ts";
import type { Streams } from "./streams.ts";

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
  readonly #parts: Parts;
  // Of the parts, those that each turn needs.
  readonly #reader: FrameReader;
  readonly #inbound: Inbound;
  readonly #streams: Streams;
  readonly #outbound: Outbound;
  readonly #silent: boolean;
  /** The time of the turn, and whether it was cut short. */
  #turnAt = NaN;
  #cut = false;
  /** There was no stream left to open. */
  #full = false;

  constructor(options: ConnectionOptions) {
    const { role, handler, now, observe = false, random = Math.random } = options;
    const limits: Limits = { ...defaultLimits(role), ...options.limits };
    const session = new Session(role, limits, handler, observe, now);
    const parts = assemble(session, random, () => this.#changed());
    this.role = role;
    this.limits = limits;
    this.#session = session;
    this.#parts = parts;
    this.#reader = parts.reader;
    this.#inbound = parts.inbound;
    this.#streams = parts.streams;
    this.#outbound = parts.streams.outbound;
    this.#silent = options.invalidPreface === "silence";
    session.deadlines.arm(Deadline.PREFACE, limits.prefaceMs);
    session.deadlines.settle();
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
    this.#parts.pings.stamp(now);
    this.#parts.keepalive.heard();
    const taken = this.#read(chunk);
    session.counters.bytesReceived += taken;
    this.#cut = taken < chunk.length;
    if (!session.ended) {
      this.#watchFrame();
      this.#parts.credit.turnEnded();
    }
    session.leave();
    return taken;
  }

  /** The peer's FIN, or the loss of the socket: ends everything. */
  receiveEnd(now: number): void {
    this.#session.enter(now);
    const { farewell } = this.#parts.control;
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
    if (this.#parts.preface === undefined || this.#parts.preface.complete) return 0;
    const n = this.#parts.preface.read(chunk);
    if (n === -1) this.#fail(ErrorCode.PROTOCOL_ERROR, "preface_invalid");
    else if (this.#parts.preface.complete) this.#parts.control.announce();
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
    if (goaway && !(this.#silent && this.#parts.preface?.complete === false)) {
      this.#parts.control.announce();
      this.#parts.frames.goaway(this.#parts.registry.lastStartedId, end.code, end.token);
    }
    if (end.by === "local") session.budgets.ended(end.token);
    session.deadlines.clearAll();
    this.#streams.closeAll(end.code, end.token);
    session.call(() => session.handler.closed(end));
    session.wake();
  }

  /** A stream has begun or ended, or how many there may be has changed. */
  #changed(): void {
    if (this.#session.ended) return;
    if (this.#streams.active > 0) {
      this.#parts.lifetime.busy();
      this.#parts.keepalive.resume();
      if (this.#parts.registry.lastRemoteId > this.limits.maxStreamId) this.drain("max_streams");
    } else if (this.#parts.drain.final) {
      this.#end({ by: "local", code: ErrorCode.NO_ERROR, token: this.#parts.drain.reason }, false);
    } else if (this.#parts.control.farewell !== undefined) {
      this.#end(this.#parts.control.farewell, false);
    } else {
      this.#parts.lifetime.idle();
    }
    if (!this.#session.isServer) this.#tellAvailable();
  }

  #tellAvailable(): void {
    const count = this.availableStreams;
    const wasFull = this.#full;
    this.#full = count === 0;
    if (!wasFull || count === 0) return;
    this.#session.call(() => this.#session.handler.streamsAvailable?.(count));
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
    if (this.#parts.registry.nextLocalId > this.limits.maxStreamId) this.drain("max_streams");
    this.#session.wake();
    return stream;
  }

  /** Sends a PING; `onAck` gets the round trip's time, and is never called when the connection ends first. */
  ping(onAck: (rttMs: number) => void): void {
    if (this.#session.ended) return;
    this.#parts.pings.send((rttMs) => this.#session.call(() => onAck(rttMs)));
    this.#session.wake();
  }

  /** Ends gracefully: no new streams, those that are open go on, then `closed`. */
  drain(reason: DrainReason): void {
    if (this.#session.ended) return;
    this.#parts.control.announce();
    this.#parts.drain.begin(reason, () => this.#changed());
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
    // Also where there was nothing to take: the next command must wake the driver again.
    this.#session.flushed();
    this.#parts.pings.stamp(now);
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
        for (const stream of this.#outbound.stalled(this.#parts.registry.all())) {
          this.#streams.stalled(stream);
        }
        return;
      case Deadline.DRIBBLE:
        return this.#outbound.dribble();
      case Deadline.GOAWAY_PING:
        this.#parts.drain.conclude();
        return this.#changed();
      case Deadline.KEEPALIVE:
        if (this.#parts.keepalive.expired(this.#streams.active)) {
          this.#fail(ErrorCode.NO_ERROR, "keepalive_timeout");
        }
        return;
      case Deadline.IDLE:
        return this.drain("max_idle");
      case Deadline.AGE:
        this.#parts.lifetime.aged();
        return this.drain("max_age");
      case Deadline.AGE_GRACE:
        return this.#fail(ErrorCode.NO_ERROR, "max_age");
    }
  }

  // Getters

  /** False while `receive()` would take nothing, since our answers wait for the socket. */
  get readable(): boolean {
    return this.#parts.control.readable;
  }

  /** After the end: write what `takeOutput()` has, end the socket, destroy it after `closeLingerMs`. */
  get closed(): boolean {
    return this.#session.ended;
  }

  /** No new streams: by `drain()`, by the peer's GOAWAY, or closed. */
  get draining(): boolean {
    return this.closed || this.#parts.drain.begun || this.#parts.control.farewell !== undefined;
  }

  /** Client: how many streams can be opened now. */
  get availableStreams(): number {
    return this.#parts.control.availableStreams;
  }

  /** Streams that are open, or whose handler is at work. */
  get activeStreams(): number {
    return this.#streams.active;
  }

  get remoteSettings(): RemoteSettings {
    return this.#parts.control.peer;
  }

  stats(): Stats {
    const { counters, budgets } = this.#session;
    return {
      ...counters.all(),
      framesReceived: this.#reader.frames,
      streamsWaiting: this.#streams.waiting,
      rttMs: this.#parts.pings.rttMs,
      connectionReceiveWindow: this.#parts.credit.connectionWindow,
      streamReceiveWindow: this.#parts.credit.initialWindow.size,
      trips: { ...budgets.trips },
    };
  }
}
