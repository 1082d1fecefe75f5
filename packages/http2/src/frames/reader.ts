import { ErrorCode, Flag, FRAME_HEADER_SIZE, FrameType } from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import type { FrameHandler } from "./handler.ts";
import { HeaderFragments } from "./header-fragments.ts";
import { readUint24, readUint31, readUint32 } from "./header.ts";
import { checkFrame } from "./rules.ts";
import { SETTING_SIZE } from "./settings.ts";

/** What the next octets are. */
const Expect = { HEADER: 0, PAYLOAD: 1, PAD_LENGTH: 2, DATA: 3, SKIPPED: 4 } as const;

const PING_SIZE = 8;
const PRIORITY_SIZE = 5;

/** A partial frame's buffer is kept for the next when it isn't larger. */
const KEPT_CARRY = 256;

const NOTHING: Uint8Array = new Uint8Array(0);

export interface FrameReaderOptions {
  /** Our SETTINGS_MAX_FRAME_SIZE. */
  readonly maxFrameSize: number;
  /** Octets of an encoded header block. */
  readonly maxBlockSize: number;
}

/**
 * Turns octets into frames. It checks what a frame's header and payload say by
 * themselves: types, sizes, padding, and the order of HEADERS and CONTINUATION
 * (RFC 9113 §4, §6). DATA passes through as it comes; other payloads are read
 * in place, or put together when they come in pieces.
 */
export class FrameReader {
  /** Where reading stopped, or goes on after a method of the handler threw. */
  position = 0;
  /** Frames begun so far. */
  frames = 0;
  /** So many more are read before `read()` returns early. */
  allowance: number = Infinity;

  readonly #handler: FrameHandler;
  readonly #maxFrameSize: number;
  #expect: number = Expect.HEADER;
  #first = true;

  /** A header that came in pieces. Made for the first of these. */
  #header: Uint8Array | undefined = undefined;
  #headerSize = 0;
  #length = 0;
  #type = 0;
  #flags = 0;
  #streamId = 0;

  #carry: Uint8Array = NOTHING;
  #carried = 0;
  #dataLeft = 0;
  #skipLeft = 0;

  /** The stream whose header block is not complete; 0 is none. */
  #blockStream = 0;
  #blockEndStream = false;
  #blockDependency = -1;
  #continuations = 0;
  readonly #fragments: HeaderFragments;

  constructor(handler: FrameHandler, options: FrameReaderOptions) {
    this.#handler = handler;
    this.#maxFrameSize = options.maxFrameSize;
    this.#fragments = new HeaderFragments(options.maxBlockSize);
  }

  /** Is a frame other than DATA, or a header block, begun and not complete? */
  get incomplete(): boolean {
    return this.#headerSize > 0 || this.#expect === Expect.PAYLOAD || this.#blockStream !== 0;
  }

  /**
   * Reads frames from `chunk[start, …)` until its end, or until the handler
   * wants no more. @returns where it stopped
   */
  read(chunk: Uint8Array, start: number): number {
    this.position = start;
    while (this.#step(chunk)) {
      // Each step is one part of a frame.
    }
    return this.position;
  }

  /** @returns false when more octets are needed, or no more frames are wanted */
  #step(chunk: Uint8Array): boolean {
    switch (this.#expect) {
      case Expect.HEADER:
        return this.#readHeader(chunk);
      case Expect.PAYLOAD:
        return this.#readPayload(chunk);
      case Expect.PAD_LENGTH:
        return this.#readPadLength(chunk);
      case Expect.DATA:
        return this.#readData(chunk);
      default:
        return this.#skip(chunk);
    }
  }

  #readHeader(chunk: Uint8Array): boolean {
    const rest = chunk.length - this.position;
    if (rest === 0 || this.allowance === 0 || !this.#handler.wantsFrame()) return false;
    let header = chunk;
    let at = this.position;
    const missing = FRAME_HEADER_SIZE - this.#headerSize;
    if (missing < FRAME_HEADER_SIZE || rest < FRAME_HEADER_SIZE) {
      const n = Math.min(missing, rest);
      const joined = (this.#header ??= new Uint8Array(FRAME_HEADER_SIZE));
      joined.set(chunk.subarray(at, at + n), this.#headerSize);
      this.#headerSize += n;
      this.position += n;
      if (n < missing) return false;
      header = joined;
      at = 0;
      this.#headerSize = 0;
    } else {
      this.position += FRAME_HEADER_SIZE;
    }
    this.frames++;
    this.allowance--;
    this.#length = readUint24(header, at);
    this.#type = header[at + 3] as number;
    this.#flags = header[at + 4] as number;
    this.#streamId = readUint31(header, at + 5);
    this.#begin();
    return true;
  }

  #begin(): void {
    const type = this.#type;
    if (this.#first) this.#checkFirst();
    if (this.#blockStream !== 0) this.#checkContinues();
    if (this.#length > this.#maxFrameSize) {
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_too_large");
    }
    checkFrame(type, this.#length, this.#streamId);
    if (type === FrameType.DATA) {
      this.#beginData();
    } else if (type <= FrameType.CONTINUATION || type === FrameType.PRIORITY_UPDATE) {
      this.#expect = Expect.PAYLOAD;
    } else {
      this.#beginSkip(this.#length);
      this.#handler.unknown(type);
    }
  }

  /** RFC 9113 §3.4: the connection preface of both ends has a SETTINGS frame, before any other. */
  #checkFirst(): void {
    if (this.#type !== FrameType.SETTINGS || this.#has(Flag.ACK)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "settings_expected");
    }
    this.#first = false;
  }

  /** RFC 9113 §6.2: nothing else on any stream comes between the frames of a header block. */
  #checkContinues(): void {
    if (this.#type !== FrameType.CONTINUATION || this.#streamId !== this.#blockStream) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "continuation_expected");
    }
  }

  #beginData(): void {
    if (this.#has(Flag.PADDED)) {
      if (this.#length === 0) {
        throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
      }
      this.#expect = Expect.PAD_LENGTH;
    } else {
      this.#enterData(this.#length, 0, 0);
    }
  }

  #readPadLength(chunk: Uint8Array): boolean {
    if (this.position === chunk.length) return false;
    const padLength = chunk[this.position++] as number;
    if (padLength >= this.#length) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding_too_long");
    }
    // The octet that says how much padding there is counts as padding (§6.1).
    this.#enterData(this.#length - 1 - padLength, padLength, padLength + 1);
    return true;
  }

  #enterData(size: number, padLeft: number, padding: number): void {
    // Until the handler wants the data: what it throws leaves the frame to be skipped.
    this.#beginSkip(size + padLeft);
    const endStream = this.#has(Flag.END_STREAM);
    if (!this.#handler.dataBegin(this.#streamId, this.#length, padding, endStream)) return;
    if (size === 0 && !endStream) return;
    this.#dataLeft = size;
    this.#skipLeft = padLeft;
    this.#expect = Expect.DATA;
  }

  #readData(chunk: Uint8Array): boolean {
    const start = this.position;
    const n = Math.min(this.#dataLeft, chunk.length - start);
    if (n === 0 && this.#dataLeft > 0) return false;
    this.position = start + n;
    this.#dataLeft -= n;
    const last = this.#dataLeft === 0;
    if (last) this.#beginSkip(this.#skipLeft);
    this.#handler.data(chunk, start, start + n, last);
    return true;
  }

  #beginSkip(octets: number): void {
    this.#skipLeft = octets;
    this.#expect = octets === 0 ? Expect.HEADER : Expect.SKIPPED;
  }

  #skip(chunk: Uint8Array): boolean {
    const n = Math.min(this.#skipLeft, chunk.length - this.position);
    this.position += n;
    this.#beginSkip(this.#skipLeft - n);
    return this.#skipLeft === 0;
  }

  #readPayload(chunk: Uint8Array): boolean {
    const start = this.position;
    const rest = chunk.length - start;
    if (this.#carried === 0 && rest >= this.#length) {
      this.position = start + this.#length;
      this.#expect = Expect.HEADER;
      this.#dispatch(chunk, start, start + this.#length);
      return true;
    }
    const n = Math.min(rest, this.#length - this.#carried);
    if (this.#carry.length < this.#length) this.#carry = new Uint8Array(this.#length);
    this.#carry.set(chunk.subarray(start, start + n), this.#carried);
    this.#carried += n;
    this.position = start + n;
    if (this.#carried < this.#length) return false;
    const payload = this.#carry;
    if (payload.length > KEPT_CARRY) this.#carry = NOTHING;
    this.#carried = 0;
    this.#expect = Expect.HEADER;
    this.#dispatch(payload, 0, this.#length);
    return true;
  }

  /** One arm for each frame, in the order of RFC 9113 §6. DATA has been read already. */
  #dispatch(bytes: Uint8Array, start: number, end: number): void {
    const handler = this.#handler;
    switch (this.#type) {
      case FrameType.HEADERS:
        return this.#headers(bytes, start, end);
      case FrameType.PRIORITY:
        if (end - start !== PRIORITY_SIZE) return handler.priorityOfWrongSize(this.#streamId);
        return handler.priority(this.#streamId, readUint31(bytes, start));
      case FrameType.RST_STREAM:
        return handler.resetStream(this.#streamId, readUint32(bytes, start));
      case FrameType.SETTINGS:
        return this.#settings(bytes, start, end);
      case FrameType.PUSH_PROMISE:
        // A client must not send it, and we never allow a server to (§6.6, §8.4).
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "push_promise");
      case FrameType.PING:
        return this.#has(Flag.ACK) ? handler.pingAck(bytes, start) : handler.ping(bytes, start);
      case FrameType.GOAWAY:
        return handler.goaway(
          readUint31(bytes, start),
          readUint32(bytes, start + 4),
          bytes,
          start + PING_SIZE,
          end,
        );
      case FrameType.WINDOW_UPDATE:
        return handler.windowUpdate(this.#streamId, readUint31(bytes, start));
      case FrameType.CONTINUATION:
        return this.#continuation(bytes, start, end);
      default:
        return handler.priorityUpdate(readUint31(bytes, start));
    }
  }

  /** RFC 9113 §6.2. */
  #headers(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let padLength = 0;
    let dependency = -1;
    const fixed = (this.#has(Flag.PADDED) ? 1 : 0) + (this.#has(Flag.PRIORITY) ? PRIORITY_SIZE : 0);
    if (end - start < fixed) {
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
    }
    if (this.#has(Flag.PADDED)) padLength = bytes[from++] as number;
    if (this.#has(Flag.PRIORITY)) {
      dependency = readUint31(bytes, from);
      from += PRIORITY_SIZE;
    }
    const to = end - padLength;
    if (to < from) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding_too_long");
    const endStream = this.#has(Flag.END_STREAM);
    if (this.#has(Flag.END_HEADERS)) {
      this.#handler.headers(this.#streamId, endStream, dependency, bytes, from, to);
      return;
    }
    this.#blockStream = this.#streamId;
    this.#blockEndStream = endStream;
    this.#blockDependency = dependency;
    this.#continuations = 0;
    this.#fragments.append(bytes, from, to);
  }

  /** RFC 9113 §6.10. */
  #continuation(bytes: Uint8Array, start: number, end: number): void {
    const streamId = this.#blockStream;
    if (streamId === 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "continuation_without_headers");
    }
    this.#handler.continuation(++this.#continuations);
    this.#fragments.append(bytes, start, end);
    if (!this.#has(Flag.END_HEADERS)) return;
    const block = this.#fragments.bytes;
    const size = this.#fragments.size;
    this.#blockStream = 0;
    this.#fragments.clear();
    this.#handler.headers(streamId, this.#blockEndStream, this.#blockDependency, block, 0, size);
  }

  /** RFC 9113 §6.5. */
  #settings(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    const ack = this.#has(Flag.ACK);
    if (ack ? size > 0 : size % SETTING_SIZE !== 0) {
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
    }
    if (ack) this.#handler.settingsAck();
    else this.#handler.settings(bytes, start, end);
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }
}
