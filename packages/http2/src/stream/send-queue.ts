import type { HeaderBlock } from "../hpack/header-block.ts";
import type { HeaderList } from "../hpack/field.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** The places of sent chunks are given up when there are so many: not at each, which would move the rest each time. */
const COMPACTED = 64;

/** What a stream has to send and could not send at once: octets, and what ends them. */
export class SendQueue {
  /** Octets that wait. */
  size = 0;
  /** Our side ends behind them. */
  ends = false;
  /** It ends with these. */
  trailers: HeaderList | HeaderBlock | undefined = undefined;

  readonly #chunks: Uint8Array[] = [];
  /** The first chunk that is not sent, and how much of it is. */
  #first = 0;
  #sent = 0;

  /** Nothing waits, not even an end. */
  get empty(): boolean {
    return this.size === 0 && !this.ends;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.size += bytes.length;
  }

  /** The chunk to send from: `size` is not 0. */
  get chunk(): Uint8Array {
    return this.#chunks[this.#first] as Uint8Array;
  }

  /** Where in `chunk` the unsent octets begin. */
  get offset(): number {
    return this.#sent;
  }

  /** `octets` of `chunk` are sent. */
  shift(octets: number): void {
    this.size -= octets;
    this.#sent += octets;
    if (this.#sent < this.chunk.length) return;
    this.#sent = 0;
    this.#chunks[this.#first++] = NOTHING;
    if (this.#first === this.#chunks.length) {
      this.#chunks.length = 0;
      this.#first = 0;
    } else if (this.#first >= COMPACTED) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#chunks.length = 0;
    this.#first = 0;
    this.#sent = 0;
    this.size = 0;
    this.ends = false;
    this.trailers = undefined;
  }
}
