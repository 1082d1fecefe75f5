import { Encoder } from "@privet/http2/internal/hpack/encoder";
import { STATIC_ENTRIES } from "@privet/http2/internal/hpack/static-table";
import { naiveEncode } from "@privet/naive-hpack/huffman";
import type { Random } from "@privet/testkit";

// Header blocks: as an encoder writes them, as the grammar allows them, and as
// nobody should.

const names = `
  :method :path :status content-type cookie authorization grpc-timeout te host
  x-a x-b x-much-longer-than-the-others-and-not-in-any-table key-bin
`
  .trim()
  .split(/\s+/)
  .concat("");

function text(random: Random): string {
  const length = random.chance(0.02) ? random.below(1020) : random.below(20);
  // Digits and small letters pack, the rest does not.
  const octets = random.chance(0.7)
    ? Array.from({ length }, () => random.pick([0x30, 0x61, 0x65, 0x2f]))
    : random.bytes(length);
  return String.fromCharCode(...octets);
}

/** A header list, mostly of names and values that come again. */
export function randomList(random: Random, values: readonly string[]): string[] {
  return Array.from({ length: random.below(10) }, () => [
    random.pick(names),
    random.chance(0.7) ? random.pick(values) : text(random),
  ]).flat();
}

export function randomValues(random: Random): string[] {
  return Array.from({ length: 12 }, () => text(random));
}

/** What a block must know of the tables to be a good one. */
export interface TableState {
  readonly entries: number;
  readonly limit: number;
  readonly updateDue: number | undefined;
}

/** Blocks by the grammar; with the probability `malice`, each of its numbers and strings is wrong. */
class Grammar {
  readonly #random: Random;
  readonly #malice: number;

  constructor(random: Random, malice: number) {
    this.#random = random;
    this.#malice = malice;
  }

  block(state: TableState): number[] {
    const random = this.#random;
    const octets: number[] = [];
    if (state.updateDue !== undefined && !random.chance(this.#malice)) {
      octets.push(...this.#sizeUpdate(random.below(state.updateDue + 1)));
    }
    while (random.chance(0.05)) {
      octets.push(
        ...this.#sizeUpdate(random.below(state.limit + (random.chance(this.#malice) ? 9 : 1))),
      );
    }
    // It counts only what the table has before the block: an index can't be too large by that.
    for (let i = random.below(8); i > 0; i--) octets.push(...this.#representation(state.entries));
    return octets;
  }

  /** RFC 7541 §5.1, sometimes padded with zeros. */
  #integer(prefix: number, pattern: number, value: number): number[] {
    const mask = 2 ** prefix - 1;
    if (value < mask && !this.#random.chance(this.#malice)) return [pattern | value];
    const octets = [pattern | mask];
    let rest = Math.max(0, value - mask);
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) | 0x80);
    const padding = this.#random.chance(0.05 + this.#malice) ? this.#random.below(5) : 0;
    if (padding === 0) return [...octets, rest];
    return [...octets, rest | 0x80, ...Array.from({ length: padding - 1 }, () => 0x80), 0];
  }

  /** §5.2. */
  #string(): number[] {
    const random = this.#random;
    const octets = [...Buffer.from(text(random), "latin1")];
    const packed = random.chance(0.5);
    // Octets that nobody packed rarely end as they must.
    const content = packed && !random.chance(this.#malice) ? naiveEncode(octets) : octets;
    const claimed = content.length + (random.chance(this.#malice) ? random.below(5) : 0);
    return [...this.#integer(7, packed ? 0x80 : 0, claimed), ...content];
  }

  #index(entries: number): number {
    const random = this.#random;
    if (random.chance(this.#malice)) return random.below(random.pick([62, 128, 2 ** 32]));
    // Half of them near the newest entries.
    const dynamic = entries > 0 && random.chance(0.5);
    return dynamic ? STATIC_ENTRIES + 1 + random.below(entries) : 1 + random.below(STATIC_ENTRIES);
  }

  /** §6.1 and §6.2. */
  #representation(entries: number): number[] {
    const random = this.#random;
    if (random.chance(this.#malice)) return this.#sizeUpdate(random.below(5000));
    if (random.chance(0.4)) return this.#integer(7, 0x80, this.#index(entries));
    const [prefix, pattern] = random.pick([
      [6, 0x40],
      [4, 0x00],
      [4, 0x10],
    ] as const);
    const name = random.chance(0.5) ? this.#index(entries) : 0;
    const start = this.#integer(prefix, pattern, name);
    return [...start, ...(name === 0 ? this.#string() : []), ...this.#string()];
  }

  /** §6.3. */
  #sizeUpdate(size: number): number[] {
    return this.#integer(5, 0x20, size);
  }
}

/** `block` with a few octets changed, taken away, doubled or put in. */
function mutated(random: Random, block: Uint8Array): Uint8Array {
  const octets = [...block];
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(octets.length + 1);
    switch (random.below(5)) {
      case 0:
        octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        octets.splice(at, random.below(4));
        break;
      case 2:
        octets.splice(at, 0, ...random.bytes(random.below(4)));
        break;
      case 3:
        octets.splice(at, 0, ...octets.slice(random.below(at + 1), at));
        break;
      default:
        octets.length = Math.min(octets.length, at);
    }
  }
  return Uint8Array.from(octets);
}

/** Blocks of one connection: by the grammar, by our encoder, as they came before, or spoilt. */
export class BlockSource {
  readonly #random: Random;
  readonly #malice: number;
  readonly #grammar: Grammar;
  readonly #encoder: Encoder;
  readonly #values: string[];
  readonly #history: Uint8Array[] = [];

  constructor(random: Random) {
    this.#random = random;
    // Good blocks lead to deep states, bad ones end a connection: some of both.
    this.#malice = random.pick([0, 0.002, 0.02, 0.2]);
    this.#grammar = new Grammar(random, this.#malice);
    this.#encoder = new Encoder(random.pick([0, 64, 4096]));
    this.#values = randomValues(random);
  }

  next(state: TableState): Uint8Array {
    const block = this.#make(state);
    this.#history.push(block);
    return block;
  }

  #make(state: TableState): Uint8Array {
    const random = this.#random;
    const known = this.#history.length > 0 ? random.pick(this.#history) : new Uint8Array(0);
    if (random.chance(this.#malice)) return random.bytes(random.below(40));
    if (random.chance(this.#malice)) return mutated(random, known);
    const kind = state.updateDue === undefined ? random.below(10) : 9;
    if (kind < 4) return known;
    if (kind < 6) return this.#encoder.encode(randomList(random, this.#values)).slice();
    return Uint8Array.from(this.#grammar.block(state));
  }
}
