import type { Outbox } from "../bytes/outbox.ts";
import { INITIAL_WINDOW_SIZE, MIN_MAX_FRAME_SIZE } from "../constants.ts";
import type { FrameWriter } from "../frames/writer.ts";
import { Encoder } from "../hpack/encoder.ts";
import type { HeaderList } from "../hpack/field.ts";
import { HeaderBlock } from "../hpack/header-block.ts";
import { MessagePart } from "../semantics/message-part.ts";
import { checkOutgoing, outgoingRules } from "../semantics/outgoing.ts";
import type { StreamRecord } from "../stream/record.ts";
import { Scheduler } from "../stream/scheduler.ts";
import { SendQueue } from "../stream/send-queue.ts";
import { InitialWindow, SendWindow } from "../stream/window.ts";
import { Deadline } from "./deadlines.ts";
import type { Session } from "./session.ts";

/** The most of one stream's DATA before it is another's turn. */
const QUANTUM = 16_384;

/**
 * Less DATA than this isn't sent only because a window allows no more: a peer
 * that grants octets one by one would get a frame for each (CVE-2019-9511).
 */
const SMALLEST_PART = 1024;

/** A window stays so small for a round trip, or this, in ms, before it is used all the same. */
const DRIBBLE_MS = 20;

/** A stream that has stalled for so many quarters of `stalledSendMs`, after the first, which may be short, has stalled for all of it. */
const STALLED_QUARTERS = 5;

/** Told what the sending side does with streams. */
export interface OutboundObserver {
  /** Our side of `stream` has ended: its last frame is in the output. */
  endSent(stream: StreamRecord): void;
  /** The stream's producer was stopped, and may go on. */
  writable(stream: StreamRecord, credit: number): void;
}

/**
 * Everything that we send. Control frames and header blocks go to the outbox
 * at once, so that HPACK's order is the wire's; DATA waits on its stream for
 * windows and for its turn, and trailers behind their stream's DATA.
 */
export class Outbound {
  readonly frames: FrameWriter;
  readonly encoder: Encoder;
  /** Of our streams for what we send; changed by the peer's SETTINGS. */
  readonly initialWindow: InitialWindow = new InitialWindow(INITIAL_WINDOW_SIZE);
  readonly window: SendWindow = new SendWindow(new InitialWindow(INITIAL_WINDOW_SIZE));
  /** The peer's SETTINGS_MAX_FRAME_SIZE. */
  maxFrameSize: number = MIN_MAX_FRAME_SIZE;
  rttMs: number = DRIBBLE_MS;
  /** Octets queued on all streams. */
  queued = 0;
  stalledSendMs: number;

  readonly #session: Session;
  readonly #observer: OutboundObserver;
  readonly #outbox: Outbox;
  readonly #scheduler = new Scheduler();
  /** Streams whose producer may go on as soon as the connection's output has room. */
  readonly #producers: StreamRecord[] = [];
  /** Octets handed to the driver, and of those, that its socket still holds. */
  #taken = 0;
  #unsent = 0;
  /** The connection's window is too small to send any DATA. */
  #blocked = false;
  /** It was so for long enough: it may be used as it is. */
  #mayDribble = false;

  /** Answers to control frames: those since the mark, and those before it that the socket may still hold. */
  #answers = 0;
  #answersBefore = 0;
  #mark = 0;

  constructor(session: Session, outbox: Outbox, frames: FrameWriter, observer: OutboundObserver) {
    this.#session = session;
    this.#outbox = outbox;
    this.#observer = observer;
    this.frames = frames;
    this.encoder = new Encoder(session.limits.maxEncoderTableSize, outgoingRules);
    this.stalledSendMs = session.limits.stalledSendMs;
  }

  /** Octets appended to the output since the connection began. */
  get position(): number {
    return this.#taken + this.#outbox.size;
  }

  /** Octets of that which the driver has got. */
  get taken(): number {
    return this.#taken;
  }

  get pending(): boolean {
    return this.#outbox.size > 0 || this.#mayMove();
  }

  /** Would `take()` move DATA to the outbox? */
  #mayMove(): boolean {
    return !this.#session.ended && !this.#blocked && !this.#scheduler.empty && this.#mayFill();
  }

  /** Answers to control frames that the peer has not taken yet. */
  get answersWaiting(): number {
    return this.#answers + this.#answersBefore;
  }

  /** What was appended is an answer to the peer, which it can ask for at will. */
  answered(): void {
    this.#answers++;
    this.#session.budgets.controlQueue(this.answersWaiting);
  }

  /**
   * @returns the block, to be sent before the next is encoded
   * @throws UsageError where `headers` can't be sent
   */
  encode(headers: HeaderList | HeaderBlock, part: MessagePart): Uint8Array {
    return this.encoder.encode(headers, part);
  }

  /** Appends a header block. Nothing of its stream waits before it. */
  sendBlock(stream: StreamRecord, block: Uint8Array, endStream: boolean): void {
    this.frames.headers(stream.id, endStream, block, this.maxFrameSize);
    this.#session.counters.messageFramesSent++;
    if (endStream) this.#observer.endSent(stream);
  }

  /** @returns whether the producer may go on */
  data(stream: StreamRecord, bytes: Uint8Array, endStream: boolean): boolean {
    const size = bytes.length;
    if (this.#maySendAtOnce(stream, size)) {
      if (size > 0 || endStream) this.#frame(stream, bytes, endStream);
    } else {
      const queue = (stream.queue ??= new SendQueue());
      queue.push(bytes);
      queue.ends ||= endStream;
      this.queued += size;
      this.#schedule(stream);
    }
    if (endStream || this.#hasRoomFor(stream)) return true;
    stream.wantsWritable = true;
    // Where its own queue is short, it waits for the connection alone.
    this.#offerRoom(stream);
    return false;
  }

  /** Trailers, to be sent behind what is queued, which is not nothing. */
  queueTrailers(queue: SendQueue, headers: HeaderList | HeaderBlock): void {
    if (!(headers instanceof HeaderBlock)) {
      // They are encoded in their turn, when it is too late to complain.
      checkOutgoing(headers, MessagePart.TRAILERS);
    }
    queue.trailers = headers instanceof HeaderBlock ? headers : [...headers];
    queue.ends = true;
  }

  /** A stream is closed: what it had to send is dropped. */
  drop(stream: StreamRecord): void {
    stream.wantsWritable = false;
    this.#scheduler.remove(stream);
    if (stream.queue === undefined) return;
    this.queued -= stream.queue.size;
    stream.queue.clear();
  }

  /** The connection's window has grown. */
  unblock(): void {
    this.#blocked = false;
  }

  /** The stream's window has grown. */
  feed(stream: StreamRecord): void {
    if (stream.sendWindow.available > 0) this.#scheduler.feed(stream);
  }

  /** The windows of all streams have grown. */
  feedAll(): void {
    this.#scheduler.feedAll();
  }

  /** Moves DATA to the outbox as far as windows and the socket allow, and hands all of it out. */
  take(): Uint8Array[] {
    if (!this.#session.ended) this.#fill();
    const size = this.#outbox.size;
    const output = this.#outbox.take();
    this.#taken += size;
    this.#unsent += size;
    this.#session.counters.bytesSent += size;
    return output;
  }

  /** The socket holds `unsent` octets of what was taken. @returns whether it took any since the last time */
  written(unsent: number): boolean {
    const progress = unsent < this.#unsent;
    this.#unsent = unsent;
    if (this.#taken - unsent >= this.#mark) {
      this.#answersBefore = this.#answers;
      this.#answers = 0;
      this.#mark = this.position;
      if (unsent === 0 && this.#outbox.size === 0) this.#answersBefore = 0;
    }
    return progress;
  }

  /** Lets producers go on while there is room. */
  callProducers(): void {
    const { streamSendQueue } = this.#session.limits;
    while (this.#producers.length > 0 && this.#hasRoom()) {
      const stream = this.#producers.shift() as StreamRecord;
      stream.offered = false;
      const credit = streamSendQueue - stream.queued;
      // One that has sent more without being asked is offered room again later.
      if (!stream.wantsWritable || credit <= 0) continue;
      stream.wantsWritable = false;
      this.#observer.writable(stream, credit);
    }
  }

  /** Windows that were too small for long enough may be used now. */
  dribble(): void {
    this.#mayDribble = true;
    this.#blocked = false;
    for (const stream of this.#scheduler.starved) {
      if (stream.sendWindow.available <= 0) continue;
      stream.mayDribble = true;
      this.#scheduler.feed(stream);
    }
  }

  /** A quarter of `stalledSendMs` has passed. @returns the streams that have stalled for all of it */
  stalled(streams: Iterable<StreamRecord>): StreamRecord[] {
    const stalled: StreamRecord[] = [];
    let waiting = false;
    for (const stream of streams) {
      if (stream.queue === undefined || stream.queue.empty) continue;
      waiting = true;
      if (++stream.stalls >= STALLED_QUARTERS) stalled.push(stream);
    }
    if (waiting) this.#watchStalls();
    return stalled;
  }

  #watchStalls(): void {
    this.#session.deadlines.arm(Deadline.STALLED_SEND, this.stalledSendMs / 4);
  }

  /** Nothing is queued anywhere, and everything allows so much: then it needn't be queued either. */
  #maySendAtOnce(stream: StreamRecord, size: number): boolean {
    if (stream.queue !== undefined && !stream.queue.empty) return false;
    if (size === 0) return true;
    return (
      size <= QUANTUM &&
      this.#scheduler.empty &&
      size <= stream.sendWindow.available &&
      size <= this.window.available &&
      this.#mayFill()
    );
  }

  /** Is there room in the socket? */
  #mayFill(): boolean {
    return this.#outbox.size + this.#unsent < this.#session.limits.connectionSendHighWater;
  }

  /** Is there room in all that is waiting: on streams, in the outbox, in the socket? */
  #hasRoom(): boolean {
    const waiting = this.queued + this.#outbox.size + this.#unsent;
    return waiting < this.#session.limits.connectionSendHighWater;
  }

  #hasRoomFor(stream: StreamRecord): boolean {
    return stream.queued < this.#session.limits.streamSendQueue && this.#hasRoom();
  }

  #schedule(stream: StreamRecord): void {
    if (stream.scheduled || this.#scheduler.starved.has(stream)) return;
    this.#scheduler.add(stream);
    if (!this.#session.deadlines.isArmed(Deadline.STALLED_SEND)) this.#watchStalls();
  }

  #fill(): void {
    while (!this.#blocked && this.#mayFill()) {
      const stream = this.#scheduler.shift();
      if (stream === undefined) break;
      const { queue } = stream;
      if (queue === undefined || queue.empty) continue;
      if (queue.size === 0) this.#end(stream, queue);
      else this.#takeTurn(stream, queue);
    }
    this.#mayDribble = false;
  }

  #takeTurn(stream: StreamRecord, queue: SendQueue): void {
    const wanted = Math.min(queue.size, SMALLEST_PART);
    if (isTooSmall(this.window, wanted, this.#mayDribble)) {
      this.#blocked = true;
      this.#scheduler.unshift(stream);
      if (this.window.available > 0) this.#awaitLargerWindow();
      return;
    }
    if (isTooSmall(stream.sendWindow, wanted, stream.mayDribble)) {
      this.#scheduler.starve(stream);
      if (stream.sendWindow.available > 0) this.#awaitLargerWindow();
      return;
    }
    stream.mayDribble = false;
    stream.stalls = 0;
    this.#sendQuantum(stream, queue);
    if (!queue.empty) this.#scheduler.add(stream);
    this.#offerRoom(stream);
  }

  #awaitLargerWindow(): void {
    const { deadlines } = this.#session;
    if (deadlines.isArmed(Deadline.DRIBBLE)) return;
    deadlines.arm(Deadline.DRIBBLE, Math.max(this.rttMs, DRIBBLE_MS));
  }

  /** One DATA frame, from as many chunks as it holds. */
  #sendQuantum(stream: StreamRecord, queue: SendQueue): void {
    const size = Math.min(QUANTUM, queue.size, stream.sendWindow.available, this.window.available);
    const last = size === queue.size;
    const endStream = last && queue.ends && queue.trailers === undefined;
    this.frames.dataHeader(stream.id, endStream, size);
    let left = size;
    while (left > 0) {
      const start = queue.offset;
      const n = Math.min(left, queue.chunk.length - start);
      this.frames.payload(queue.chunk, start, start + n);
      queue.shift(n);
      left -= n;
    }
    this.queued -= size;
    this.#sent(stream, size);
    if (endStream) {
      queue.clear();
      this.#observer.endSent(stream);
    } else if (last && queue.ends) {
      this.#end(stream, queue);
    }
  }

  /** All data is sent: what ends the stream is left, trailers or an empty DATA frame. */
  #end(stream: StreamRecord, queue: SendQueue): void {
    const { trailers } = queue;
    queue.clear();
    if (trailers === undefined) {
      this.#frame(stream, NOTHING, true);
    } else {
      this.sendBlock(stream, this.encode(trailers, MessagePart.TRAILERS), true);
    }
  }

  /** A DATA frame of all of `bytes`. */
  #frame(stream: StreamRecord, bytes: Uint8Array, endStream: boolean): void {
    this.frames.data(stream.id, endStream, bytes);
    this.#sent(stream, bytes.length);
    if (endStream) this.#observer.endSent(stream);
  }

  #sent(stream: StreamRecord, octets: number): void {
    stream.sendWindow.take(octets);
    this.window.take(octets);
    this.#session.counters.dataFramesSent++;
    this.#session.counters.messageFramesSent++;
  }

  /** A producer that waits for its stream's queue may go on when half of it is free. */
  #offerRoom(stream: StreamRecord): void {
    if (!stream.wantsWritable || stream.offered) return;
    if (stream.queued * 2 > this.#session.limits.streamSendQueue) return;
    stream.offered = true;
    this.#producers.push(stream);
  }
}

function isTooSmall(window: SendWindow, wanted: number, mayDribble: boolean): boolean {
  const { available } = window;
  return available <= 0 || (available < wanted && !mayDribble);
}

const NOTHING: Uint8Array = new Uint8Array(0);
