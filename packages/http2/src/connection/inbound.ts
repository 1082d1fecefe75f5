import { ErrorCode } from "../constants.ts";
import { ConnectionError, StreamError } from "../errors.ts";
import type { FrameHandler } from "../frames/handler.ts";
import { SMALL_DATA } from "../limits.ts";
import type { HeaderReceiver } from "../semantics/header-receiver.ts";
import type { ReceivedHeaders } from "../semantics/headers.ts";
import { checkRequest, checkResponse, checkTrailers } from "../semantics/malformed.ts";
import type { StreamRecord } from "../stream/record.ts";
import type { Registry } from "../stream/registry.ts";
import { peerMaySend } from "../stream/state.ts";
import { Fate } from "../stream/stream-memory.ts";
import type { Control } from "./control.ts";
import type { Credit } from "./credit.ts";
import { LateFrames } from "./late-frames.ts";
import type { Session } from "./session.ts";
import type { Streams } from "./streams.ts";

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/** What the frames of a connection act upon. */
export interface InboundParts {
  readonly session: Session;
  readonly registry: Registry;
  readonly streams: Streams;
  readonly credit: Credit;
  readonly headers: HeaderReceiver;
  readonly control: Control;
}

/**
 * What each frame does, in the order of RFC 9113 §6: those of streams here,
 * those of the connection in `Control`. Errors of the peer are thrown.
 */
export class Inbound implements FrameHandler {
  /** New streams that are still taken in this turn. */
  newStreamsLeft = 0;

  readonly #session: Session;
  readonly #registry: Registry;
  readonly #streams: Streams;
  readonly #credit: Credit;
  readonly #headers: HeaderReceiver;
  readonly #control: Control;
  readonly #late: LateFrames;
  /** The stream whose DATA frame is being read, and whether that ends it. */
  #dataStream: StreamRecord | undefined = undefined;
  #dataEnds = false;

  constructor(parts: InboundParts) {
    this.#session = parts.session;
    this.#registry = parts.registry;
    this.#streams = parts.streams;
    this.#credit = parts.credit;
    this.#headers = parts.headers;
    this.#control = parts.control;
    this.#late = new LateFrames(parts.session, parts.registry);
  }

  wantsFrame(): boolean {
    return !this.#session.ended && this.newStreamsLeft > 0 && this.#control.readable;
  }

  // DATA, RFC 9113 §6.1

  dataBegin(streamId: number, length: number, padding: number, endStream: boolean): boolean {
    const { budgets, deadlines } = this.#session;
    this.#dataStream = undefined;
    if (length === padding && !endStream) budgets.emptyData(deadlines.now);
    this.#credit.receive(length);
    const stream = this.#registry.get(streamId);
    if (stream === undefined) {
      // Even data that is dropped used the connection's window (§6.9.1).
      this.#credit.consume(length);
      this.#late.data(streamId, length);
      return false;
    }
    if (!peerMaySend(stream.state)) {
      this.#credit.consume(length);
      throw new StreamError(streamId, ErrorCode.STREAM_CLOSED, "data_after_end");
    }
    if (!stream.receiveWindow.receive(length)) {
      this.#credit.consume(length);
      throw new StreamError(streamId, ErrorCode.FLOW_CONTROL_ERROR, "stream_window_exceeded");
    }
    if (padding > 0) this.#credit.consumeOn(stream, padding);
    this.#checkBody(stream, length - padding, endStream);
    if (stream.early !== undefined && length < SMALL_DATA && !endStream) {
      budgets.smallData(deadlines.now);
    }
    this.#dataStream = stream;
    this.#dataEnds = endStream;
    return true;
  }

  data(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    const stream = this.#dataStream;
    if (stream === undefined || stream.closed) return;
    this.#streams.receiveData(stream, bytes, start, end, last && this.#dataEnds);
  }

  /** RFC 9113 §8.1: data follows headers, and is as much as `content-length` said. */
  #checkBody(stream: StreamRecord, octets: number, endStream: boolean): void {
    if (!stream.finalReceived) {
      throw new StreamError(stream.id, ErrorCode.PROTOCOL_ERROR, "data_before_headers");
    }
    stream.receivedLength += octets;
    this.#checkLength(stream, endStream);
  }

  #checkLength(stream: StreamRecord, endStream: boolean): void {
    const { expectedLength, receivedLength } = stream;
    if (expectedLength === -1) return;
    if (receivedLength > expectedLength || (endStream && receivedLength !== expectedLength)) {
      throw new StreamError(stream.id, ErrorCode.PROTOCOL_ERROR, "content_length_mismatch");
    }
  }

  // HEADERS, RFC 9113 §6.2

  headers(
    streamId: number,
    endStream: boolean,
    dependency: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    // Whatever becomes of the block, the tables of both ends must stay the same (§4.3).
    const headers = this.#headers.receive(bytes, start, end);
    const stream = this.#registry.get(streamId);
    if (stream === undefined) {
      this.#headersOfNone(streamId, headers, endStream, dependency);
      return;
    }
    if (dependency === streamId) throw selfDependency(streamId);
    if (!peerMaySend(stream.state)) {
      throw new StreamError(streamId, ErrorCode.STREAM_CLOSED, "headers_after_end");
    }
    if (stream.finalReceived) this.#trailers(stream, headers, endStream);
    else this.#response(stream, headers, endStream);
  }

  /** A block on a stream that isn't open: a request, or late, or wrong. */
  #headersOfNone(
    streamId: number,
    headers: ReceivedHeaders,
    endStream: boolean,
    dependency: number,
  ): void {
    const registry = this.#registry;
    if (!registry.isIdle(streamId)) {
      this.#late.headers(streamId);
      return;
    }
    // A server opens streams by promises only, which we don't take; a client has no others' identifiers (§5.1.1).
    if (!this.#session.isServer || registry.isLocal(streamId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "stream_id_invalid");
    }
    registry.closed.skip(registry.lastRemoteId, streamId);
    registry.lastRemoteId = streamId;
    this.newStreamsLeft--;
    this.#request(streamId, headers, endStream, dependency);
  }

  #request(
    streamId: number,
    headers: ReceivedHeaders,
    endStream: boolean,
    dependency: number,
  ): void {
    const { limits, handler, budgets, deadlines } = this.#session;
    if (!this.#control.takesStream(streamId)) {
      // After our last GOAWAY: the peer will learn from it (§6.8).
      this.#registry.closed.reset(streamId, Fate.RESET_BY_US, deadlines.now, Infinity);
      return;
    }
    const fault = dependency === streamId ? "self_dependency" : checkRequest(headers);
    if (fault !== undefined) throw new StreamError(streamId, ErrorCode.PROTOCOL_ERROR, fault);
    if (this.#registry.openRemote >= limits.maxConcurrentStreams) {
      // Until it has acknowledged our SETTINGS, the peer can't know better (§5.1.2).
      if (this.#control.limitsKnown) budgets.streamError(deadlines.now);
      this.#refuse(streamId, "too_many_streams");
      return;
    }
    if (this.#session.memory + headers.listSize > limits.connectionMemory) {
      budgets.streamError(deadlines.now);
      this.#refuse(streamId, "connection_memory");
      return;
    }
    if (headers.tooLarge && handler.streamTooLarge === undefined) {
      throw new StreamError(streamId, ErrorCode.ENHANCE_YOUR_CALM, "header_list_too_large");
    }
    if (endStream && headers.contentLength > 0) {
      throw new StreamError(streamId, ErrorCode.PROTOCOL_ERROR, "content_length_mismatch");
    }
    this.#streams.accept(streamId, headers, endStream);
  }

  #refuse(streamId: number, token: string): void {
    this.#session.counters.streamsRefused++;
    this.#streams.refuse(streamId, ErrorCode.REFUSED_STREAM, token);
  }

  /** RFC 9113 §8.1: any number of 1xx, then the response. */
  #response(stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean): void {
    const fault = checkResponse(headers);
    if (fault !== undefined) throw new StreamError(stream.id, ErrorCode.PROTOCOL_ERROR, fault);
    if (headers.tooLarge) {
      throw new StreamError(stream.id, ErrorCode.ENHANCE_YOUR_CALM, "header_list_too_large");
    }
    if (headers.status < 200) {
      this.#informational(stream, headers, endStream);
      return;
    }
    stream.finalReceived = true;
    stream.expectedLength = bodyLength(stream, headers);
    if (endStream) this.#checkEmptyBody(stream);
    this.#streams.receiveHeaders(stream, headers, "final", endStream);
  }

  #informational(stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean): void {
    const { budgets, limits } = this.#session;
    if (endStream) {
      throw new StreamError(stream.id, ErrorCode.PROTOCOL_ERROR, "informational_end");
    }
    if (++stream.informationals > limits.maxInformational) budgets.trip("too_many_informational");
    this.#streams.receiveHeaders(stream, headers, "informational", false);
  }

  /** Without any DATA: wrong where data was announced, unless the request may have been HEAD. */
  #checkEmptyBody(stream: StreamRecord): void {
    if (stream.isHead === null) return;
    this.#checkLength(stream, true);
  }

  #trailers(stream: StreamRecord, headers: ReceivedHeaders, endStream: boolean): void {
    const fault = endStream ? checkTrailers(headers) : "trailers_without_end_stream";
    if (fault !== undefined) throw new StreamError(stream.id, ErrorCode.PROTOCOL_ERROR, fault);
    if (headers.tooLarge) {
      throw new StreamError(stream.id, ErrorCode.ENHANCE_YOUR_CALM, "header_list_too_large");
    }
    this.#checkLength(stream, true);
    this.#streams.receiveHeaders(stream, headers, "trailers", true);
  }

  // PRIORITY, RFC 9113 §6.3: checked, and otherwise of no meaning

  priority(streamId: number, dependency: number): void {
    this.#chargePriority();
    if (dependency !== streamId) return;
    if (this.#registry.get(streamId) !== undefined) throw selfDependency(streamId);
    // A stream that isn't open can't be reset.
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "self_dependency");
  }

  priorityOfWrongSize(streamId: number): void {
    this.#chargePriority();
    if (this.#registry.get(streamId) === undefined) {
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
    }
    throw new StreamError(streamId, ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
  }

  priorityUpdate(streamId: number): void {
    this.#chargePriority();
    // RFC 9218 §7.1: only clients send it.
    if (!this.#session.isServer || streamId === 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "priority_update_invalid");
    }
  }

  #chargePriority(): void {
    this.#session.budgets.priority(this.#session.counters.streamsOpened);
  }

  // RST_STREAM, RFC 9113 §6.4

  resetStream(streamId: number, code: number): void {
    const stream = this.#registry.get(streamId);
    if (stream !== undefined) {
      this.#streams.receiveReset(stream, errorCode(code));
      return;
    }
    this.#late.reset(streamId);
  }

  // WINDOW_UPDATE, RFC 9113 §6.9

  windowUpdate(streamId: number, increment: number): void {
    const { budgets, counters } = this.#session;
    budgets.windowUpdate(counters.streamsOpened + counters.dataFramesSent);
    if (streamId === 0) {
      this.#control.windowUpdate(increment);
      return;
    }
    const stream = this.#registry.get(streamId);
    if (stream === undefined) {
      // It may have crossed the end of the stream (§5.1).
      this.#late.checkNotIdle(streamId);
      return;
    }
    if (increment === 0) {
      throw new StreamError(streamId, ErrorCode.PROTOCOL_ERROR, "window_increment_zero");
    }
    if (!stream.sendWindow.grant(increment)) {
      throw new StreamError(streamId, ErrorCode.FLOW_CONTROL_ERROR, "stream_window_overflow");
    }
    this.#streams.outbound.feed(stream);
  }

  // Those of the connection

  settings(bytes: Uint8Array, start: number, end: number): void {
    this.#control.settings(bytes, start, end);
  }

  settingsAck(): void {
    this.#control.settingsAck();
  }

  ping(bytes: Uint8Array, start: number): void {
    this.#control.ping(bytes, start);
  }

  pingAck(bytes: Uint8Array, start: number): void {
    this.#control.pingAck(bytes, start);
  }

  goaway(lastStreamId: number, code: number, bytes: Uint8Array, start: number, end: number): void {
    this.#control.goaway(lastStreamId, errorCode(code), bytes, start, end);
  }

  continuation(count: number): void {
    this.#session.budgets.continuation(count);
  }

  /** RFC 9113 §5.5: to be ignored. */
  unknown(): void {
    this.#session.budgets.glitch(this.#session.deadlines.now);
  }
}

function selfDependency(streamId: number): StreamError {
  return new StreamError(streamId, ErrorCode.PROTOCOL_ERROR, "self_dependency");
}

/** What `content-length` says about the body of a response: nothing where there is no body at all (RFC 9110 §8.6). */
function bodyLength(stream: StreamRecord, headers: ReceivedHeaders): number {
  const bodiless =
    stream.isHead === true || headers.status === NO_CONTENT || headers.status === NOT_MODIFIED;
  return bodiless ? -1 : headers.contentLength;
}

/** RFC 9113 §7: a code that we don't know has no special meaning. */
function errorCode(code: number): ErrorCode {
  return code <= ErrorCode.HTTP_1_1_REQUIRED ? (code as ErrorCode) : ErrorCode.INTERNAL_ERROR;
}
