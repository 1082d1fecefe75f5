const firstCapacity = 16;

/** First in, first out, each in constant time: an array's `shift()` moves all that is left of a long one. */
export class Fifo<T> {
  #slots: (T | undefined)[] = [];
  /** A power of two. */
  #capacity = firstCapacity;
  #first = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#capacity) this.#grow();
    this.#slots[this.#at(this.#size++)] = item;
  }

  /** @returns undefined where there is nothing */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = this.#at(1);
    this.#size--;
    return item;
  }

  /** What `shift()` would return. */
  peek(): T | undefined {
    return this.#slots[this.#first];
  }

  clear(): void {
    this.#slots = [];
    this.#capacity = firstCapacity;
    this.#first = 0;
    this.#size = 0;
  }

  #at(offset: number): number {
    return (this.#first + offset) & (this.#capacity - 1);
  }

  #grow(): void {
    this.#slots = [...this.#slots.slice(this.#first), ...this.#slots.slice(0, this.#first)];
    this.#capacity *= 2;
    this.#first = 0;
  }
}
