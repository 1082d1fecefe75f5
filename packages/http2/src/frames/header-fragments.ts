import { ErrorCode } from "../constants.ts";
import { ConnectionError } from "../errors.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** Most blocks that need CONTINUATION are a little larger than one frame. */
const FIRST_SIZE = 32_768;

/**
 * Joins the fragments of one header block (RFC 9113 §4.3). They must be
 * together before they are decoded: HPACK's integers and strings may cross frames.
 */
export class HeaderFragments {
  bytes: Uint8Array = NOTHING;
  size = 0;
  readonly #maxSize: number;

  /** @param maxSize of the encoded block in octets */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** @throws ConnectionError ENHANCE_YOUR_CALM beyond `maxSize` */
  append(bytes: Uint8Array, start: number, end: number): void {
    const size = this.size + end - start;
    if (size > this.#maxSize) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "too_many_continuations");
    }
    if (size > this.bytes.length) this.#grow(size);
    this.bytes.set(bytes.subarray(start, end), this.size);
    this.size = size;
  }

  /** Forgets all, and gives the memory back. */
  clear(): void {
    this.bytes = NOTHING;
    this.size = 0;
  }

  #grow(size: number): void {
    const wanted = Math.max(size, this.bytes.length * 2, FIRST_SIZE);
    const grown = new Uint8Array(Math.min(wanted, this.#maxSize));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
  }
}
