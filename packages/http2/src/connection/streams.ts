import type { Outbox } from "../bytes/outbox.ts";
import { ErrorCode } from "../constants.ts";
import type { FrameWriter } from "../frames/writer.ts";
import type { HeaderList } from "../hpack/field.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { ReceivedHeaders } from "../semantics/headers.ts";
import { MessagePart } from "../semantics/message-part.ts";
import type { EarlyData } from "../stream/early-data.ts";
import type { HeadersKind, StreamEnd, StreamHandler } from "../stream/handler.ts";
import { NOT_STARTED, StreamRecord } from "../stream/record.ts";
import type { StreamHost } from "../stream/record.ts";
import type { Registry } from "../stream/registry.ts";
import { Input, State, transition } from "../stream/state.ts";
import { Fate } from "../stream/stream-memory.ts";
import { ReceiveWindow, SendWindow } from "../stream/window.ts";
import type { Credit } from "./credit.ts";
import { Delivery } from "./delivery.ts";
import { Outbound } from "./outbound.ts";
import type { OutboundObserver } from "./outbound.ts";
import { checkBlock, isHead, isInformational, misuse } from "./outgoing-message.ts";
import type { Session } from "./session.ts";
import { Slots } from "./slots.ts";

const FINISHED: StreamEnd = { by: "end", code: ErrorCode.NO_ERROR, processed: true, token: "" };

/**
 * The life of streams: handed to their handlers, told what came and asked what
 * to send, ended once.
 */
export class Streams implements StreamHost, OutboundObserver {
  readonly outbound: Outbound;

  readonly #session: Session;
  readonly #registry: Registry;
  readonly #credit: Credit;
  readonly #onChange: () => void;
  readonly #delivery: Delivery;
  readonly #slots: Slots;

  /** @param onChange called when a stream has begun, has ended, or its handler is done */
  constructor(
    session: Session,
    registry: Registry,
    credit: Credit,
    outbox: Outbox,
    frames: FrameWriter,
    onChange: () => void,
  ) {
    this.#session = session;
    this.#registry = registry;
    this.#credit = credit;
    this.#onChange = onChange;
    this.outbound = new Outbound(session, outbox, frames, this);
    this.#slots = new Slots(
      session,
      (stream, headers, endStream) => this.#start(stream, headers, endStream),
      (stream, early) => this.#startLate(stream, early),
    );
    this.#delivery = new Delivery(session, (stream) => {
      this.#resetBy(stream, ErrorCode.INTERNAL_ERROR, "handler_threw");
    });
  }

  /** Streams that wait for a slot. */
  get waiting(): number {
    return this.#slots.waiting;
  }

  /** Streams that are open, or whose handler is at work. */
  get active(): number {
    return this.#session.isServer
      ? this.#slots.held + this.#slots.waiting
      : this.#registry.openLocal;
  }

  // Beginnings

  /** Opens a stream of ours. @throws UsageError where `headers` can't be sent */
  open(
    headers: HeaderList | HeaderBlock,
    handler: StreamHandler,
    endStream: boolean,
  ): StreamRecord {
    checkBlock(headers, MessagePart.REQUEST);
    const block = this.outbound.encode(headers, MessagePart.REQUEST);
    const stream = this.#create(this.#registry.nextLocalId);
    this.#registry.nextLocalId += 2;
    stream.handler = handler;
    stream.headersSent = true;
    stream.sendEnded = endStream;
    stream.isHead = isHead(headers);
    stream.openedAt = this.outbound.position;
    this.#registry.add(stream);
    this.#session.counters.streamsOpened++;
    this.#onChange();
    this.outbound.sendBlock(stream, block, endStream);
    return stream;
  }

  /** A request of the peer's, which is well-formed: it is handed on, or waits for a slot. */
  accept(id: number, headers: ReceivedHeaders, endStream: boolean): void {
    const stream = this.#create(id);
    stream.finalReceived = true;
    stream.expectedLength = headers.contentLength;
    if (endStream) stream.state = transition(stream.state, Input.END_RECEIVED);
    this.#registry.add(stream);
    this.#session.counters.streamsOpened++;
    this.#slots.enter(stream, headers, endStream);
    this.#onChange();
  }

  #create(id: number): StreamRecord {
    const send = new SendWindow(this.outbound.initialWindow);
    const stream = new StreamRecord(id, this, send, new ReceiveWindow(this.#credit.initialWindow));
    stream.state = transition(stream.state, Input.HEADERS);
    return stream;
  }

  #start(stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean): void {
    this.#registry.lastStartedId = Math.max(this.#registry.lastStartedId, stream.id);
    const handler = this.#delivery.request(stream, headers, endStream);
    if (handler === undefined) {
      stream.released = true;
      this.#resetBy(stream, ErrorCode.INTERNAL_ERROR, "handler_threw");
      return;
    }
    stream.handler = handler;
    // The application may have ended it before it told us whom to tell.
    if (stream.end !== undefined) this.#delivery.closed(handler, stream.end);
  }

  /** A stream that had to wait for its slot gets all that came meanwhile. */
  #startLate(stream: StreamRecord, early: EarlyData): void {
    const bodiless = early.ended && early.chunks.length === 0 && early.trailers === undefined;
    this.#start(stream, early.headers, bodiless);
    const { chunks, trailers } = early;
    for (const [i, chunk] of chunks.entries()) {
      if (stream.closed) return;
      const last = early.ended && trailers === undefined && i === chunks.length - 1;
      this.#delivery.data(stream, chunk, 0, chunk.length, last);
    }
    if (trailers !== undefined && !stream.closed) {
      this.#delivery.headers(stream, trailers, "trailers", true);
    }
  }

  // What the peer sends

  /** A block after the stream's first one. */
  receiveHeaders(
    stream: StreamRecord,
    headers: ReceivedHeaders,
    kind: HeadersKind,
    endStream: boolean,
  ): void {
    const { early } = stream;
    const finishes = endStream && this.#receiveEnd(stream);
    if (early === undefined) this.#delivery.headers(stream, headers, kind, endStream);
    else this.#slots.earlyTrailers(stream, early, headers);
    if (finishes) this.#finish(stream);
  }

  receiveData(
    stream: StreamRecord,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    const { early } = stream;
    const finishes = endStream && this.#receiveEnd(stream);
    if (early === undefined) this.#delivery.data(stream, bytes, start, end, endStream);
    else this.#slots.earlyData(stream, early, bytes, start, end, endStream);
    if (finishes) this.#finish(stream);
    // A handler that is done takes no more, but the other streams need their share of the window.
    else if (stream.released) this.#credit.forgive(stream);
  }

  /** @returns whether both sides have ended: then the stream is to be finished, after its handler was told what came */
  #receiveEnd(stream: StreamRecord): boolean {
    const next = transition(stream.state, Input.END_RECEIVED);
    if (next === State.CLOSED) return true;
    stream.state = next;
    return false;
  }

  /** The peer's RST_STREAM. */
  receiveReset(stream: StreamRecord, code: ErrorCode): void {
    const { startedTurn } = stream;
    this.#session.counters.resetsReceived++;
    if (!this.#registry.isLocal(stream.id)) {
      const early = startedTurn === NOT_STARTED || startedTurn === this.#session.turn;
      if (early) this.#session.budgets.earlyReset(this.#session.deadlines.now);
      else this.#session.budgets.lateReset();
    }
    this.#remember(stream, Fate.RESET_BY_PEER);
    const processed = code !== ErrorCode.REFUSED_STREAM;
    this.close(stream, { by: "peerReset", code, processed, token: "" });
  }

  // Ends

  /** Our side has ended: its last frame is in the output. */
  endSent(stream: StreamRecord): void {
    const next = transition(stream.state, Input.END_SENT);
    if (next === State.CLOSED) {
      this.#finish(stream);
      return;
    }
    stream.state = next;
    if (stream.resetWhenSent) this.#resetBy(stream, ErrorCode.NO_ERROR, "");
  }

  #finish(stream: StreamRecord): void {
    if (stream.state === State.CLOSED) return;
    this.#session.counters.streamsFinished++;
    this.#session.budgets.streamFinished();
    this.close(stream, FINISHED);
  }

  /** Ends a stream with RST_STREAM. */
  #resetBy(stream: StreamRecord, code: ErrorCode, token: string): void {
    if (stream.state === State.CLOSED) return;
    this.outbound.frames.resetStream(stream.id, code);
    this.#remember(stream, Fate.RESET_BY_US);
    this.close(stream, { by: "localReset", code, processed: true, token });
  }

  /**
   * The peer broke the rules of a stream, or can't have it: answers RST_STREAM.
   * There may be no record of the stream, or none any more.
   */
  refuse(id: number, code: ErrorCode, token: string): void {
    this.outbound.frames.resetStream(id, code);
    const stream = this.#registry.get(id);
    if (stream === undefined) {
      const window = this.#credit.initialWindow.size;
      this.#registry.closed.reset(id, Fate.RESET_BY_US, this.#session.deadlines.now, window);
    } else {
      this.#remember(stream, Fate.RESET_BY_US);
      this.close(stream, { by: "localReset", code, processed: true, token });
    }
    this.outbound.answered();
  }

  #remember(stream: StreamRecord, fate: Fate): void {
    const { now } = this.#session.deadlines;
    this.#registry.closed.reset(stream.id, fate, now, stream.receiveWindow.available);
  }

  /** The end of a stream, whatever caused it. Happens once. */
  close(stream: StreamRecord, end: StreamEnd): void {
    if (stream.state === State.CLOSED) return;
    stream.state = State.CLOSED;
    stream.end = end;
    this.#registry.remove(stream);
    this.outbound.drop(stream);
    // What was received well may still be read; what is left of a reset stream never is.
    if (end.by !== "end" || stream.released) this.#credit.forgive(stream);
    if (stream.handler !== undefined) this.#delivery.closed(stream.handler, end);
    this.#slots.leave(stream);
    this.#onChange();
  }

  /** The connection is over: so are its streams. */
  closeAll(code: ErrorCode, token: string): void {
    for (const stream of this.#registry.all()) {
      // What the driver never got, the peer never saw.
      const processed = !this.#registry.isLocal(stream.id) || stream.openedAt < this.outbound.taken;
      this.close(stream, { by: "connection", code, processed, token });
    }
  }

  // What the application asks of its streams

  sendHeaders(stream: StreamRecord, headers: HeaderList | HeaderBlock, endStream: boolean): void {
    if (stream.sendEnded) throw misuse("send_after_end");
    if (stream.headersSent) throw misuse("headers_sent");
    if (stream.state === State.CLOSED) return;
    checkBlock(headers, MessagePart.RESPONSE);
    const final = !isInformational(headers);
    if (endStream && !final) throw misuse("informational_end");
    const block = this.outbound.encode(headers, MessagePart.RESPONSE);
    stream.headersSent = final;
    stream.sendEnded = endStream;
    this.outbound.sendBlock(stream, block, endStream);
    this.#session.wake();
  }

  sendData(stream: StreamRecord, bytes: Uint8Array, endStream: boolean): boolean {
    if (stream.sendEnded) throw misuse("send_after_end");
    if (stream.state === State.CLOSED) return true;
    if (!stream.headersSent) throw misuse("headers_missing");
    stream.sendEnded = endStream;
    const goOn = this.outbound.data(stream, bytes, endStream);
    this.#session.wake();
    return goOn;
  }

  sendTrailers(stream: StreamRecord, headers: HeaderList | HeaderBlock): void {
    if (stream.sendEnded) throw misuse("send_after_end");
    if (stream.state === State.CLOSED) return;
    if (!stream.headersSent) throw misuse("headers_missing");
    checkBlock(headers, MessagePart.TRAILERS);
    const { queue } = stream;
    if (queue === undefined || queue.empty) {
      const block = this.outbound.encode(headers, MessagePart.TRAILERS);
      stream.sendEnded = true;
      this.outbound.sendBlock(stream, block, true);
    } else {
      this.outbound.queueTrailers(queue, headers);
      stream.sendEnded = true;
    }
    this.#session.wake();
  }

  reset(stream: StreamRecord, code: ErrorCode): void {
    if (stream.state === State.CLOSED) {
      this.#credit.forgive(stream);
    } else if (code === ErrorCode.NO_ERROR && stream.queue?.empty === false && stream.sendEnded) {
      stream.resetWhenSent = true;
    } else {
      this.#resetBy(stream, code, "");
    }
    this.#session.wake();
  }

  consume(stream: StreamRecord, octets: number): void {
    const { unconsumed } = stream.receiveWindow;
    // Of a stream that is reset or released, everything has been given back.
    if (unconsumed === 0 && (stream.state === State.CLOSED || stream.released)) return;
    if (!(octets >= 0 && octets <= unconsumed)) throw misuse("consumed_too_much");
    if (octets === 0) return;
    this.#credit.consumeOn(stream, octets);
    this.#session.wake();
  }

  expect(stream: StreamRecord, octets: number): void {
    this.#credit.widen(stream, octets);
    this.#session.wake();
  }

  release(stream: StreamRecord): void {
    if (stream.released) return;
    stream.released = true;
    this.#credit.forgive(stream);
    this.#slots.leave(stream);
    if (stream.state === State.CLOSED) this.#onChange();
    this.#session.wake();
  }

  writable(stream: StreamRecord, credit: number): void {
    this.#delivery.writable(stream, credit);
  }

  /** A stream's waiting data has been stalled by the peer's windows for too long. */
  stalled(stream: StreamRecord): void {
    this.#resetBy(stream, ErrorCode.CANCEL, "send_stalled");
  }
}
