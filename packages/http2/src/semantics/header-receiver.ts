import type { Decoder } from "../hpack/decoder.ts";
import { ReceivedHeaders } from "./headers.ts";
import type { HeaderLimits } from "./headers.ts";

/** Blocks that are recognised when they come again; a power of two. */
const SLOTS = 32;
/** Longer blocks are rarely the same twice. */
const MAX_OCTETS = 512;

/** So many blocks without a hit, and only one of `SPARSE` is looked up: the peer's blocks all differ. */
const PATIENCE = 64;
const SPARSE = 16;

/** A block as it came, and what it says. */
interface Known {
  readonly bytes: Uint8Array;
  /** Of the decoder's table: the octets mean the same within one only. */
  readonly generation: number;
  readonly headers: ReceivedHeaders;
}

/**
 * Header blocks of one connection on their way in: decoded within the limits.
 * A block that is the same as one before, octet by octet, and leaves the table
 * as it is, isn't decoded again: it yields the very same `ReceivedHeaders`.
 */
export class HeaderReceiver {
  readonly #decoder: Decoder;
  readonly #limits: HeaderLimits;
  /** By hash. Made when a first block is found to come again: idle connections have none. */
  #known: (Known | undefined)[] = [];
  /** The hash of the block that came last in each slot, to keep only what has come twice. */
  #seen: Int32Array = new Int32Array(0);

  /** Blocks since the last hit. */
  #misses = 0;

  constructor(decoder: Decoder, limits: HeaderLimits) {
    this.#decoder = decoder;
    this.#limits = limits;
  }

  /**
   * Decodes the block `block[start, end)`, which is complete.
   *
   * @returns what it says, not to be changed
   * @throws ConnectionError COMPRESSION_ERROR, or ENHANCE_YOUR_CALM where it is much too large
   */
  receive(block: Uint8Array, start: number, end: number): ReceivedHeaders {
    const length = end - start;
    this.#misses++;
    if (length > MAX_OCTETS || this.#decoder.updateDue || this.#isHopeless()) {
      return this.#decode(block, start, end);
    }
    const hash = hashOf(block, start, end);
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const known = this.#known[slot];
    if (
      known !== undefined &&
      known.generation === this.#decoder.generation &&
      isSame(known.bytes, block, start, length)
    ) {
      this.#misses = 0;
      return known.headers;
    }
    const generation = this.#decoder.generation;
    const headers = this.#decode(block, start, end);
    if (generation === this.#decoder.generation && !headers.tooLarge) {
      this.#learn(slot, hash, headers, block, start, end);
    }
    return headers;
  }

  #isHopeless(): boolean {
    return this.#misses > PATIENCE && this.#misses % SPARSE !== 0;
  }

  #decode(block: Uint8Array, start: number, end: number): ReceivedHeaders {
    const headers = new ReceivedHeaders(this.#limits);
    this.#decoder.decode(block, start, end, headers);
    headers.seal();
    return headers;
  }

  #learn(
    slot: number,
    hash: number,
    headers: ReceivedHeaders,
    block: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.#seen.length === 0) this.#seen = new Int32Array(SLOTS);
    if (this.#seen[slot] !== hash) {
      this.#seen[slot] = hash;
      return;
    }
    if (this.#known.length === 0) {
      this.#known = Array.from<Known | undefined>({ length: SLOTS }).fill(undefined);
    }
    const { generation } = this.#decoder;
    this.#known[slot] = { bytes: block.slice(start, end), generation, headers };
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  return hash;
}

function isSame(known: Uint8Array, block: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (known[i] !== block[start + i]) return false;
  }
  return true;
}
