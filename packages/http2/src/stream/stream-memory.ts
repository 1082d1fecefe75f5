/** What became of a stream that is not open any more. */
export const Fate = {
  /** Both sides ended it. */
  ENDED: 0,
  /** Its identifier was passed over (RFC 9113 §5.1.1). */
  SKIPPED: 1,
  /** We reset it: frames that the peer sent before it knew are to be ignored (§5.1). */
  RESET_BY_US: 2,
  RESET_BY_PEER: 3,
  /** Too long ago to know. */
  FORGOTTEN: 4,
} as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** A stream that was reset. */
export interface ResetStream {
  readonly fate: Fate;
  /** When, in ms. */
  readonly at: number;
  /** DATA that the peer can have sent without knowing: what its window was. */
  octetsLeft: number;
  /** Header blocks that it can have sent so: headers and trailers. */
  blocksLeft: number;
  /** Short DATA that is free: a cancelled call's answer often crosses the reset. */
  smallLeft: number;
}

const LATE_BLOCKS = 2;
const LATE_SMALL_FRAMES = 64;

/** Identifiers of one parity that the bitmap covers. */
const COVERED = 1024;
const WORDS = COVERED / 32;

/**
 * Remembers how streams ended, as far as late frames are judged by it. Streams
 * that ended well cost a bit each; those that were reset are kept one by one,
 * up to a number, the oldest given up first.
 */
export class StreamMemory {
  readonly #remembered: number;
  /** Made at the first reset. */
  #resets: Map<number, ResetStream> | undefined = undefined;
  /** Their identifiers in the order of the resets, as a ring. */
  readonly #order: number[] = [];
  #oldest = 0;
  /** The greatest identifier among the resets that were given up. */
  #forgotten = 0;
  /** A bit for each of the last identifiers that the peer could use: did it? Made when one is skipped. */
  #skipped: Uint32Array | undefined = undefined;

  /** @param remembered how many resets */
  constructor(remembered: number) {
    this.#remembered = remembered;
  }

  /** The peer opened `id` after `last`: what lies between is skipped. */
  skip(last: number, id: number): void {
    if (id - last <= 2 && this.#skipped === undefined) return;
    this.#skipped ??= new Uint32Array(WORDS);
    const next = last === 0 ? id & 1 || 2 : last + 2;
    const first = Math.max(next, id - 2 * (COVERED - 1));
    for (let between = first; between < id; between += 2) this.#mark(between, true);
    this.#mark(id, false);
  }

  reset(id: number, fate: Fate, at: number, octetsLeft: number): void {
    const resets = (this.#resets ??= new Map());
    if (!resets.has(id)) this.#append(resets, id);
    resets.set(id, {
      fate,
      at,
      octetsLeft,
      blocksLeft: LATE_BLOCKS,
      smallLeft: LATE_SMALL_FRAMES,
    });
  }

  get(id: number): ResetStream | undefined {
    return this.#resets?.get(id);
  }

  /**
   * What became of `id`, which is neither open nor idle.
   *
   * @param last the greatest identifier that its side has used
   */
  fate(id: number, last: number): Fate {
    const reset = this.#resets?.get(id);
    if (reset !== undefined) return reset.fate;
    if (id <= this.#forgotten) return Fate.FORGOTTEN;
    return this.#wasSkipped(id, last) ? Fate.SKIPPED : Fate.ENDED;
  }

  #append(resets: Map<number, ResetStream>, id: number): void {
    if (this.#order.length < this.#remembered) {
      this.#order.push(id);
      return;
    }
    const oldest = this.#order[this.#oldest] as number;
    resets.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
    this.#order[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#remembered;
  }

  #mark(id: number, skipped: boolean): void {
    const bits = this.#skipped as Uint32Array;
    const bit = (id >>> 1) % COVERED;
    const mask = 1 << (bit & 31);
    const word = bits[bit >>> 5] as number;
    bits[bit >>> 5] = skipped ? word | mask : word & ~mask;
  }

  #wasSkipped(id: number, last: number): boolean {
    if (this.#skipped === undefined || last - id >= 2 * COVERED) return false;
    const bit = (id >>> 1) % COVERED;
    return ((this.#skipped[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }
}
