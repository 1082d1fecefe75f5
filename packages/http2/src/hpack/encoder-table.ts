import { DynamicTable } from "./dynamic-table.ts";
import { Field, FIELD_OVERHEAD, FieldKind } from "./field.ts";
import { STATIC_ENTRIES } from "./static-table.ts";

/** Values seen last that are remembered for fields that are indexed when they repeat. */
const MAX_SEEN = 64;

/** The entries with one name. */
interface Named {
  /** Sequence number of the newest. */
  newest: number;
  /** Sequence number of each value. */
  readonly values: Map<string, number>;
}

/** The dynamic table as the encoder needs it: found by name and value. */
export class EncoderTable {
  readonly #table: DynamicTable;
  readonly #names = new Map<string, Named>();
  readonly #seen = new Map<string, string>();

  constructor(maxSize: number) {
    this.#table = new DynamicTable(maxSize, (field, sequence) => this.#forget(field, sequence));
  }

  get maxSize(): number {
    return this.#table.maxSize;
  }

  get generation(): number {
    return this.#table.generation;
  }

  resize(maxSize: number): void {
    this.#table.resize(maxSize);
  }

  /** The index of the very field, 0 without one. */
  fieldIndex(name: string, value: string): number {
    const sequence = this.#names.get(name)?.values.get(value);
    return sequence === undefined ? 0 : this.#indexOf(sequence);
  }

  /** The index of an entry with `name`, 0 without one. */
  nameIndex(name: string): number {
    const named = this.#names.get(name);
    return named === undefined ? 0 : this.#indexOf(named.newest);
  }

  /** Is it small enough? One that fills more than half of the table would push out too much. */
  holds(name: string, value: string): boolean {
    return name.length + value.length + FIELD_OVERHEAD <= this.#table.maxSize / 2;
  }

  insert(name: string, value: string): void {
    this.#table.insert(new Field(name, value, FieldKind.OTHER, false));
    const sequence = this.#table.inserted;
    const named = this.#names.get(name);
    if (named === undefined) {
      this.#names.set(name, { newest: sequence, values: new Map([[value, sequence]]) });
    } else {
      named.newest = sequence;
      named.values.set(value, sequence);
    }
  }

  /** Had `name` this very value when it was last asked about? */
  repeats(name: string, value: string): boolean {
    if (this.#seen.get(name) === value) return true;
    // Names can be without number too: begin anew rather than grow.
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.set(name, value);
    return false;
  }

  #indexOf(sequence: number): number {
    return STATIC_ENTRIES + 1 + this.#table.inserted - sequence;
  }

  #forget(field: Field, sequence: number): void {
    const named = this.#names.get(field.name);
    if (named === undefined) return;
    if (named.values.get(field.value) === sequence) named.values.delete(field.value);
    // The oldest goes first: where it is the newest with its name, there is no other.
    if (named.newest === sequence) this.#names.delete(field.name);
  }
}
