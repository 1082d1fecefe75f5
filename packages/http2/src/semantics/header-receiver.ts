import type { Decoder } from "../hpack/decoder.ts";
import { ReceivedHeaders } from "./headers.ts";
import type { HeaderLimits } from "./headers.ts";

/** Blocks that are recognised when they come again; a power of two. */
const SLOTS = 32;
const NONE_SEEN: Int32Array = new Int32Array(0);
/** Longer blocks are rarely the same twice. */
const MAX_OCTETS = 512;

/** So many blocks without a hit, and only one of `SPARSE` is looked up: the peer's blocks all differ. */
const PATIENCE = 64;
const SPARSE = 16;

/** A block as it came, and what it says. */
interface Known {
  readonly bytes: Uint8Array;
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
  /** Of the decoder's table, for all of `#known`: the octets mean the same within one only. */
  #generation = -1;
  /** The hash of the block that came last in each slot, to keep only what has come twice. */
  #seen: Int32Array = NONE_SEEN;

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
    const { generation } = this.#decoder;
    const known = generation === this.#generation ? this.#known[slot] : undefined;
    if (known !== undefined && isSame(known.bytes, block, start, length)) {
      this.#misses = 0;
      return known.headers;
    }
    const headers = this.#decode(block, start, end);
    if (
      generation === this.#decoder.generation &&
      !headers.tooLarge &&
      this.#isSecond(slot, hash)
    ) {
      this.#learn(slot, { bytes: block.slice(start, end), headers });
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

  /** Was the last block of this slot, too, one with this hash? */
  #isSecond(slot: number, hash: number): boolean {
    if (this.#seen.length === 0) this.#seen = new Int32Array(SLOTS);
    if (this.#seen[slot] === hash) return true;
    this.#seen[slot] = hash;
    return false;
  }

  #learn(slot: number, known: Known): void {
    if (this.#known.length === 0) {
      this.#known = Array.from<Known | undefined>({ length: SLOTS }).fill(undefined);
    }
    if (this.#generation !== this.#decoder.generation) {
      this.#generation = this.#decoder.generation;
      // They keep fields alive that the table has given up.
      this.#known.fill(undefined);
    }
    this.#known[slot] = known;
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
