import type { StreamRecord } from "./record.ts";

const FIRST_SIZE = 16;
const MAX_SIZE = 2048;

/**
 * Open streams of one parity by their identifiers. Identifiers only grow, and
 * most streams end soon: so those that are open are found at their identifier
 * modulo the table's size, which costs a third of a map. What collides with
 * one that stays open makes the table grow, or goes into a map.
 */
export class StreamTable {
  size = 0;
  #slots: (StreamRecord | undefined)[] = [];
  /** Made for the first that finds no slot. */
  #rest: Map<number, StreamRecord> | undefined = undefined;

  get(id: number): StreamRecord | undefined {
    const stream = this.#slots[(id >>> 1) & (this.#slots.length - 1)];
    if (stream !== undefined && stream.id === id) return stream;
    return this.#rest?.get(id);
  }

  /** `stream` isn't there yet. */
  add(stream: StreamRecord): void {
    this.size++;
    if (this.#slots.length === 0) this.#slots = emptySlots(FIRST_SIZE);
    while (this.#slots[this.#slotOf(stream)] !== undefined) {
      if (this.#slots.length === MAX_SIZE) {
        (this.#rest ??= new Map()).set(stream.id, stream);
        return;
      }
      this.#grow();
    }
    this.#slots[this.#slotOf(stream)] = stream;
  }

  /** @returns whether it was there */
  remove(stream: StreamRecord): boolean {
    const slot = this.#slotOf(stream);
    if (this.#slots[slot] === stream) this.#slots[slot] = undefined;
    else if (this.#rest?.delete(stream.id) !== true) return false;
    this.size--;
    return true;
  }

  /** All of them, in a new array: streams may come and go meanwhile. */
  all(): StreamRecord[] {
    const slotted = this.#slots.filter((stream) => stream !== undefined);
    return [...slotted, ...(this.#rest?.values() ?? [])].sort((a, b) => a.id - b.id);
  }

  #slotOf(stream: StreamRecord): number {
    return (stream.id >>> 1) & (this.#slots.length - 1);
  }

  /** Twice the size keeps apart what was apart. */
  #grow(): void {
    const old = this.#slots;
    this.#slots = emptySlots(old.length * 2);
    for (const stream of old) {
      if (stream !== undefined) this.#slots[this.#slotOf(stream)] = stream;
    }
  }
}

function emptySlots(size: number): (StreamRecord | undefined)[] {
  return Array.from<StreamRecord | undefined>({ length: size }).fill(undefined);
}
