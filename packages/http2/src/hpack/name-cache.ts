import { kindOf } from "./field.ts";

/** Names that are remembered; a power of two. */
const SLOTS = 128;
/** Octets of a name as encoded; longer ones are not remembered. */
const MAX_OCTETS = 32;

/** A name, and its `FieldKind`. */
export interface Named {
  readonly name: string;
  readonly kind: number;
}

interface CachedName extends Named {
  /** As it was encoded, with Huffman's code where `packed`. */
  readonly octets: Uint8Array;
  readonly packed: boolean;
}

const slots = Array.from<CachedName | undefined>({ length: SLOTS }).fill(undefined);

/**
 * The name encoded as `bytes[start, end)`, with Huffman's code where `packed`,
 * when it was met before. The same few names come on each call, from every
 * peer: one cache for all decoders, bounded, in which a new name takes the
 * place of another with the same hash.
 */
export function cachedName(
  bytes: Uint8Array,
  start: number,
  end: number,
  packed: boolean,
): Named | undefined {
  const length = end - start;
  if (length > MAX_OCTETS) return undefined;
  const known = slots[slotOf(bytes, start, end)];
  if (known === undefined || known.packed !== packed || known.octets.length !== length) {
    return undefined;
  }
  for (let i = 0; i < length; i++) {
    if (known.octets[i] !== bytes[start + i]) return undefined;
  }
  return known;
}

/** Remembers what `cachedName()` didn't know. */
export function cacheName(
  bytes: Uint8Array,
  start: number,
  end: number,
  packed: boolean,
  name: string,
): Named {
  const kind = kindOf(name);
  if (end - start > MAX_OCTETS) return { name, kind };
  const cached = { name, kind, octets: bytes.slice(start, end), packed };
  slots[slotOf(bytes, start, end)] = cached;
  return cached;
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
