import type { Field } from "./field.ts";

/** Places of the ring at first: idle connections have none at all. */
const FIRST_CAPACITY = 16;

/**
 * The dynamic table, RFC 7541 §2.3.2 and §4: entries in the order of their
 * insertion, evicted from the oldest on. A ring of fields that nothing copies.
 */
export class DynamicTable {
  /** Sum of the entries' sizes, each with its 32 octets (§4.1). */
  size = 0;
  /** Entries that it has. */
  count = 0;
  /** Entries ever inserted: the newest has this sequence number, the oldest `inserted - count + 1`. */
  inserted = 0;
  /** Octets that it may hold (§4.2). */
  maxSize: number;
  /** Changes with each insertion and each change of the maximum: within one, an index means one field. */
  generation = 0;

  #ring: (Field | undefined)[] = [];
  readonly #evicted: ((field: Field, sequence: number) => void) | undefined;

  /** @param evicted hears of each entry that goes */
  constructor(maxSize: number, evicted?: (field: Field, sequence: number) => void) {
    this.maxSize = maxSize;
    this.#evicted = evicted;
  }

  /** The entry at `index`, counted from 0 for the newest; undefined beyond the oldest. */
  at(index: number): Field | undefined {
    if (index >= this.count) return undefined;
    return this.#ring[(this.inserted - index) & (this.#ring.length - 1)];
  }

  /** Evicts what it must, then adds `field` unless even the empty table is too small for it (§4.4). */
  insert(field: Field): void {
    this.generation++;
    this.#shrinkTo(this.maxSize - field.size);
    if (field.size > this.maxSize) return;
    if (this.count === this.#ring.length) this.#grow();
    this.inserted++;
    this.count++;
    this.size += field.size;
    this.#ring[this.inserted & (this.#ring.length - 1)] = field;
  }

  /** Changes the size that it may have, evicting what no longer fits (§4.3). */
  resize(maxSize: number): void {
    if (maxSize !== this.maxSize) this.generation++;
    this.maxSize = maxSize;
    this.#shrinkTo(maxSize);
  }

  #shrinkTo(size: number): void {
    while (this.count > 0 && this.size > size) {
      const sequence = this.inserted - this.count + 1;
      const place = sequence & (this.#ring.length - 1);
      const field = this.#ring[place] as Field;
      this.#ring[place] = undefined;
      this.count--;
      this.size -= field.size;
      this.#evicted?.(field, sequence);
    }
  }

  /** A power of two, so that a place is a mask away. */
  #grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.#ring.length * 2);
    const ring = Array.from<Field | undefined>({ length: capacity }).fill(undefined);
    for (let index = 0; index < this.count; index++) {
      ring[(this.inserted - index) & (capacity - 1)] = this.at(index);
    }
    this.#ring = ring;
  }
}
