import assert from "node:assert/strict";
import { test } from "node:test";
import { DynamicTable } from "../../src/hpack/dynamic-table.ts";
import { Field, FieldKind } from "../../src/hpack/field.ts";
import { seeded } from "./fields.ts";

function field(name: string, length: number): Field {
  return new Field(name, "v".repeat(length), FieldKind.OTHER, false);
}

/** What the table must be: an array, the newest first. */
class NaiveTable {
  entries: Field[] = [];
  maxSize: number;

  constructor(maxSize: number) {
    this.maxSize = maxSize;
  }

  insert(entry: Field): void {
    this.entries = [entry, ...this.entries];
    this.evict();
  }

  evict(): void {
    while (this.size > this.maxSize) this.entries.pop();
  }

  get size(): number {
    return this.entries.reduce(
      (sum, entry) => sum + entry.name.length + entry.value.length + 32,
      0,
    );
  }
}

test("after any insertions and changes of size it holds what the naive twin holds", () => {
  const random = seeded(2026);
  for (let round = 0; round < 20; round++) {
    const naive = new NaiveTable(4096);
    const table = new DynamicTable(4096);
    for (let i = 0; i < 400; i++) {
      if (random() < 0.05) {
        naive.maxSize = Math.floor(random() * 5000);
        naive.evict();
        table.resize(naive.maxSize);
      } else {
        const entry = field(`n${i}`, Math.floor(random() ** 4 * 5000));
        naive.insert(entry);
        table.insert(entry);
      }
      assert.equal(table.size, naive.size);
      assert.equal(table.count, naive.entries.length);
      for (const [index, entry] of naive.entries.entries()) assert.equal(table.at(index), entry);
      assert.equal(table.at(naive.entries.length), undefined);
    }
  }
});

test("an entry is the field itself, not a copy", () => {
  const table = new DynamicTable(4096);
  const entry = field("a", 1);
  table.insert(entry);
  assert.equal(table.at(0), entry);
});

test("an entry larger than the table empties it and isn't kept", () => {
  const table = new DynamicTable(100);
  table.insert(field("a", 1));
  table.insert(field("b", 100));
  assert.equal(table.count, 0);
  assert.equal(table.size, 0);
});

test("an entry that fills it to the last octet is kept", () => {
  const table = new DynamicTable(100);
  table.insert(field("a", 67));
  assert.equal(table.count, 1);
  assert.equal(table.size, 100);
});

test("evicted entries are told, the oldest first, with the number of their insertion", () => {
  const evicted: [string, number][] = [];
  const table = new DynamicTable(100, (entry, sequence) => evicted.push([entry.name, sequence]));
  table.insert(field("a", 10));
  table.insert(field("b", 10));
  table.insert(field("c", 10));
  assert.deepEqual(evicted, [["a", 1]]);
  table.resize(0);
  assert.deepEqual(evicted, [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
});

test("the generation changes with each insertion and each change of size, and with nothing else", () => {
  const table = new DynamicTable(100);
  const generations = [table.generation];
  table.insert(field("a", 1));
  generations.push(table.generation);
  table.resize(99);
  generations.push(table.generation);
  table.insert(field("too large", 100));
  generations.push(table.generation);
  assert.equal(new Set(generations).size, 4);
  table.resize(99);
  table.at(0);
  assert.equal(table.generation, generations.at(-1));
});
