import { compressionError } from "./compression-error.ts";

/** Where a decoder stands in `bytes`, of which nothing from `end` on is its own. */
export interface Cursor {
  bytes: Uint8Array;
  position: number;
  end: number;
}

/** RFC 7541 §5.1 wants a limit: five octets hold every number below 2^35, leading zeros included. */
const MAX_CONTINUATION = 5;

/** Larger numbers mean nothing in HPACK, and smaller ones are small integers to the machine. */
const MAX_INTEGER = 0x7fff_ffff;

/** The most octets that `writeInteger()` writes. */
export const MAX_INTEGER_OCTETS = 6;

/**
 * Reads the integer whose first octet, `first`, is before the cursor (RFC 7541 §5.1).
 *
 * @param mask the prefix: 2^N − 1
 * @throws ConnectionError COMPRESSION_ERROR when it is cut off, padded beyond reason, or above 2^31 − 1
 */
export function readInteger(cursor: Cursor, first: number, mask: number): number {
  let value = first & mask;
  if (value < mask) return value;
  let scale = 1;
  for (let i = 0; i < MAX_CONTINUATION; i++) {
    if (cursor.position >= cursor.end) throw compressionError("block_truncated");
    const octet = cursor.bytes[cursor.position++] as number;
    // Not a shift, which would turn the 32nd bit into a sign.
    value += (octet & 0x7f) * scale;
    if (octet < 0x80) {
      if (value > MAX_INTEGER) throw compressionError("integer_too_large");
      return value;
    }
    scale *= 128;
  }
  throw compressionError("integer_too_long");
}

/**
 * Writes `value` at `offset`, its first octet joined with the bits of `pattern`
 * above the prefix (RFC 7541 §5.1).
 *
 * @returns the offset after it
 */
export function writeInteger(
  bytes: Uint8Array,
  offset: number,
  value: number,
  mask: number,
  pattern: number,
): number {
  if (value < mask) {
    bytes[offset] = pattern | value;
    return offset + 1;
  }
  bytes[offset] = pattern | mask;
  let at = offset + 1;
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
