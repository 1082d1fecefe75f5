import { SLAB_SIZE, SlabPool } from "./slab-pool.ts";
import type { Slab } from "./slab-pool.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** One thread, one pool: all its connections share the slabs. */
const sharedPool = new SlabPool();

/**
 * What one connection has to write, in order: small frames are laid side by
 * side into a slab, large payloads are kept by reference.
 */
export class Outbox {
  /** Where `reserve()` has made room. Read it after `reserve()`, which can replace it. */
  slab: Uint8Array = NOTHING;
  /** Octets appended and not yet taken. */
  size = 0;

  readonly #pool: SlabPool;
  #chunks: Uint8Array[] = [];
  #current: Slab | undefined = undefined;
  /** The octets of `slab` from here to `#end` are ours and not yet in `#chunks`. */
  #start = 0;
  #end = 0;

  constructor(pool: SlabPool = sharedPool) {
    this.#pool = pool;
  }

  /**
   * Makes room for `n` contiguous octets.
   *
   * @param n at most 16,384
   * @returns the offset in `slab` where they go: write them, then `commit()` as many as were written
   * @throws RangeError for more than a slab holds
   */
  reserve(n: number): number {
    if (this.#current === undefined || this.slab.length - this.#end < n) {
      this.#renew(n);
    }
    return this.#end;
  }

  /** The first `n` octets of the reserved room are written. */
  commit(n: number): void {
    this.#end += n;
    this.size += n;
  }

  /** Copies `bytes[start, end)`. */
  append(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    while (from < end) {
      const rest = end - from;
      const offset = this.reserve(rest <= SLAB_SIZE ? rest : 1);
      const n = Math.min(rest, this.slab.length - offset);
      this.slab.set(
        from === 0 && n === bytes.length ? bytes : bytes.subarray(from, from + n),
        offset,
      );
      this.commit(n);
      from += n;
    }
  }

  /** Appends without a copy: the caller hands `bytes` over and doesn't change them any more. */
  appendReference(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#seal();
    this.#chunks.push(bytes);
    this.size += bytes.length;
  }

  /** Hands out all that is to be written, in order. */
  take(): Uint8Array[] {
    this.#seal();
    if (this.#current !== undefined) {
      this.#current.used = this.#end;
      this.#pool.release(this.#current);
      this.#current = undefined;
      this.slab = NOTHING;
      this.#start = 0;
      this.#end = 0;
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    this.size = 0;
    return chunks;
  }

  /** Moves what the slab holds of ours to the chunks. */
  #seal(): void {
    if (this.#end > this.#start) {
      this.#chunks.push(this.slab.subarray(this.#start, this.#end));
      this.#start = this.#end;
    }
  }

  #renew(n: number): void {
    if (n > SLAB_SIZE) {
      throw new RangeError(`cannot reserve ${n} octets: ${SLAB_SIZE} at most`);
    }
    this.#seal();
    if (this.#current !== undefined) {
      this.#current.used = this.#end;
      this.#pool.release(this.#current);
    }
    this.#current = this.#pool.acquire(n);
    this.slab = this.#current.bytes;
    this.#start = this.#current.used;
    this.#end = this.#start;
  }
}
