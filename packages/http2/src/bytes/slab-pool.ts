/** Octets of a slab: the largest room that an outbox can reserve at once. */
export const SLAB_SIZE = 16_384;

/** A slab with less room than this is given up: what is left isn't worth a separate write. */
const MIN_ROOM = 2048;

/** Slabs kept for the next outbox; more than so many connections rarely fill at the same time. */
const MAX_SPARE = 64;

/** A slab, and where its unwritten part begins. */
export interface Slab {
  readonly bytes: Uint8Array;
  used: number;
}

/**
 * Slabs that no outbox is filling at the moment. An outbox holds one only
 * between its first octet and `take()`, so idle connections hold none, and the
 * unwritten rest of a slab goes on to the next connection. What was written
 * once is never written again: it may still be on its way to a socket.
 */
export class SlabPool {
  readonly #spare: Slab[] = [];
  readonly #allocate: (size: number) => Uint8Array;

  /** @param allocate makes a slab; its content doesn't matter */
  constructor(allocate: (size: number) => Uint8Array = (size) => new Uint8Array(size)) {
    this.#allocate = allocate;
  }

  /** A slab with at least `room` unwritten octets, of which the caller is the only owner. */
  acquire(room: number): Slab {
    const spare = this.#spare.pop();
    if (spare !== undefined && spare.bytes.length - spare.used >= room) {
      return spare;
    }
    // A spare that is too short is dropped: put back, it would be found too short again.
    return { bytes: this.#allocate(SLAB_SIZE), used: 0 };
  }

  /** Gives back what the owner has not written. */
  release(slab: Slab): void {
    if (slab.bytes.length - slab.used >= MIN_ROOM && this.#spare.length < MAX_SPARE) {
      this.#spare.push(slab);
    }
  }
}
