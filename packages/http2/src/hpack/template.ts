import type { HeaderList } from "./field.ts";

const NOTHING = new Uint8Array(0);

/**
 * A header list as it was encoded before, field by field. Lists of one caller
 * are alike: the same names, most with the same values.
 */
export class Template {
  readonly part: number;
  /** Of the table: the octets are good for this one alone. */
  readonly generation: number;
  /** The block, without size updates. */
  bytes: Uint8Array = NOTHING;
  /** A copy, as the caller may change its list; without the values that are to be looked at each time. */
  readonly #headers: (string | number)[];
  /** Where each field begins in `bytes`. */
  readonly #starts: number[] = [];
  /** Where the value of each field begins that is a literal whatever its value; else 0. */
  readonly #values: number[] = [];

  constructor(headers: HeaderList, part: number, generation: number) {
    this.part = part;
    this.generation = generation;
    this.#headers = [...headers];
  }

  /**
   * Notes the next field.
   *
   * @param start where it begins
   * @param value where its value begins, where another value is written in the same way; else 0
   */
  add(start: number, value: number): void {
    this.#starts.push(start);
    this.#values.push(value);
  }

  /** The value of the field added last is to be looked at each time. */
  reconsiderLast(): void {
    // Equal to nothing that a list can hold.
    this.#headers[this.#starts.length * 2 - 1] = Number.NaN;
  }

  /** Has `headers` the same names in the same order? */
  hasNamesOf(headers: HeaderList): boolean {
    const mine = this.#headers;
    if (headers.length !== mine.length) return false;
    for (let i = 0; i < mine.length; i += 2) {
      if (headers[i] !== mine[i]) return false;
    }
    return true;
  }

  /** The place of the first name, at or after that at `from`, with another value in `headers`, or the length. */
  nextChange(headers: HeaderList, from: number): number {
    const mine = this.#headers;
    for (let i = from; i < mine.length; i += 2) {
      if (headers[i + 1] !== mine[i + 1]) return i;
    }
    return mine.length;
  }

  /** Where in `bytes` the field begins whose name is at `place` of the list. */
  startOf(place: number): number {
    return place < this.#headers.length ? (this.#starts[place >>> 1] as number) : this.bytes.length;
  }

  /** Where in `bytes` the value of that field begins, 0 where another value can be written differently. */
  valueOf(place: number): number {
    return this.#values[place >>> 1] as number;
  }
}
