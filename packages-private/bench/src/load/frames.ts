import { HEADER_BYTES } from "./wire.ts";

/** What the load does with each frame; offsets are into `bytes`. */
export type FrameSink = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/** Cuts a byte stream into frames; keeps only the part of a frame that isn't whole yet. */
export class FrameCutter {
  readonly #sink: FrameSink;
  #carry: Buffer = Buffer.alloc(0);

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      const start = at + HEADER_BYTES;
      if (bytes.length - start < length) break;
      const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      this.#sink(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, streamId, bytes, start, start + length);
      at = start + length;
    }
    this.#carry = bytes.subarray(at);
  }
}
