import type { Outbox } from "../bytes/outbox.ts";
import { Flag, FRAME_HEADER_SIZE, FrameType } from "../constants.ts";
import { writeFrameHeader, writeUint32 } from "./header.ts";
import { encodeSettings, SETTING_SIZE } from "./settings.ts";
import type { Setting } from "./settings.ts";

/** Payloads from this size on are not copied into the slab. */
export const UNCOPIED = 4096;

/** Appends frames to an outbox: one method for each that we send, in the order of RFC 9113 §6. */
export class FrameWriter {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** A DATA frame of all of `bytes`, kept by reference where they are many: they belong to the outbox. */
  data(streamId: number, endStream: boolean, bytes: Uint8Array): void {
    this.dataHeader(streamId, endStream, bytes.length);
    this.payload(bytes, 0, bytes.length);
  }

  /** What a DATA frame of `length` octets begins with; its payload follows in any number of parts. */
  dataHeader(streamId: number, endStream: boolean, length: number): void {
    const at = this.#outbox.reserve(FRAME_HEADER_SIZE);
    const flags = endStream ? Flag.END_STREAM : 0;
    writeFrameHeader(this.#outbox.slab, at, length, FrameType.DATA, flags, streamId);
    this.#outbox.commit(FRAME_HEADER_SIZE);
  }

  /** `bytes[start, end)` as a part of the DATA frame begun last, as in `data()`. */
  payload(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    if (length >= UNCOPIED) {
      this.#outbox.appendReference(length === bytes.length ? bytes : bytes.subarray(start, end));
      return;
    }
    const at = this.#outbox.reserve(length);
    copy(bytes, start, end, this.#outbox.slab, at);
    this.#outbox.commit(length);
  }

  /** A header block, followed by CONTINUATION where it is larger than `maxFrameSize`. */
  headers(streamId: number, endStream: boolean, block: Uint8Array, maxFrameSize: number): void {
    const size = block.length;
    const whole = size <= maxFrameSize;
    const flags = (endStream ? Flag.END_STREAM : 0) | (whole ? Flag.END_HEADERS : 0);
    this.#fragment(FrameType.HEADERS, flags, streamId, block, 0, whole ? size : maxFrameSize);
    for (let at = maxFrameSize; at < size; at += maxFrameSize) {
      const end = Math.min(at + maxFrameSize, size);
      const last = end === size ? Flag.END_HEADERS : 0;
      this.#fragment(FrameType.CONTINUATION, last, streamId, block, at, end);
    }
  }

  resetStream(streamId: number, code: number): void {
    const at = this.#begin(4, FrameType.RST_STREAM, 0, streamId);
    writeUint32(this.#outbox.slab, at, code);
    this.#outbox.commit(FRAME_HEADER_SIZE + 4);
  }

  settings(settings: readonly Setting[]): void {
    const length = settings.length * SETTING_SIZE;
    const at = this.#begin(length, FrameType.SETTINGS, 0, 0);
    encodeSettings(settings, this.#outbox.slab, at);
    this.#outbox.commit(FRAME_HEADER_SIZE + length);
  }

  settingsAck(): void {
    this.#begin(0, FrameType.SETTINGS, Flag.ACK, 0);
    this.#outbox.commit(FRAME_HEADER_SIZE);
  }

  /** A PING whose eight octets are two numbers, of 32 bits each. */
  ping(high: number, low: number): void {
    const at = this.#begin(8, FrameType.PING, 0, 0);
    writeUint32(this.#outbox.slab, at, high);
    writeUint32(this.#outbox.slab, at + 4, low);
    this.#outbox.commit(FRAME_HEADER_SIZE + 8);
  }

  /** Answers a PING with its own octets. */
  pingAck(bytes: Uint8Array, start: number): void {
    const at = this.#begin(8, FrameType.PING, Flag.ACK, 0);
    copy(bytes, start, start + 8, this.#outbox.slab, at);
    this.#outbox.commit(FRAME_HEADER_SIZE + 8);
  }

  /** @param token ASCII, for the debug data */
  goaway(lastStreamId: number, code: number, token: string): void {
    const length = 8 + token.length;
    const at = this.#begin(length, FrameType.GOAWAY, 0, 0);
    const slab = this.#outbox.slab;
    writeUint32(slab, at, lastStreamId);
    writeUint32(slab, at + 4, code);
    for (let i = 0; i < token.length; i++) slab[at + 8 + i] = token.charCodeAt(i);
    this.#outbox.commit(FRAME_HEADER_SIZE + length);
  }

  windowUpdate(streamId: number, increment: number): void {
    const at = this.#begin(4, FrameType.WINDOW_UPDATE, 0, streamId);
    writeUint32(this.#outbox.slab, at, increment);
    this.#outbox.commit(FRAME_HEADER_SIZE + 4);
  }

  /** Reserves a whole small frame and writes its header. @returns where the payload goes */
  #begin(length: number, type: number, flags: number, streamId: number): number {
    const at = this.#outbox.reserve(FRAME_HEADER_SIZE + length);
    return writeFrameHeader(this.#outbox.slab, at, length, type, flags, streamId);
  }

  #fragment(
    type: number,
    flags: number,
    streamId: number,
    block: Uint8Array,
    start: number,
    end: number,
  ): void {
    const outbox = this.#outbox;
    const length = end - start;
    // A frame can be larger than a slab, so its payload is appended apart.
    const at = outbox.reserve(FRAME_HEADER_SIZE);
    writeFrameHeader(outbox.slab, at, length, type, flags, streamId);
    outbox.commit(FRAME_HEADER_SIZE);
    outbox.append(block, start, end);
  }
}

/** Up to these sizes a loop is faster than `set()`, and than `set()` with the view that a part needs. */
const LOOPED = 16;
const LOOPED_PART = 64;

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const length = end - start;
  const whole = length === from.length;
  if (length <= (whole ? LOOPED : LOOPED_PART)) {
    for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number;
  } else {
    to.set(whole ? from : from.subarray(start, end), at);
  }
}
