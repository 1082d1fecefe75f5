/** Numbers that look random, and are the same for the same seed. */
export interface Random {
  /** An integer in [0, below). */
  below(below: number): number;
  /** True with so much probability. */
  chance(probability: number): boolean;
  /** One of them, of which there must be one. */
  pick<T>(items: readonly T[]): T;
  /** So many octets. */
  bytes(length: number): Uint8Array;
}

/** Random numbers from a 32-bit seed: mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
