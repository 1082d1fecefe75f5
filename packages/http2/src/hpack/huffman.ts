import { compressionError } from "./compression-error.ts";
import { codeLengths, EOS } from "./huffman-code.ts";

// Encoding: the code and its length for each octet.

const codes = new Uint32Array(EOS + 1);
const lengths = Uint8Array.from(codeLengths);

/** Symbols in the order of their codes. */
const ordered = [...codeLengths.keys()].sort(
  (a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b,
);

/** The code of a symbol is that of the one before plus 1, with zeros behind to its length. */
function assignCodes(): void {
  let next = 0;
  let previous = 0;
  for (const symbol of ordered) {
    const length = lengths[symbol] as number;
    next *= 2 ** (length - previous);
    codes[symbol] = next++;
    previous = length;
  }
}

/** Octets of `text` when encoded. */
export function encodedLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i)] as number;
  return (bits + 7) >>> 3;
}

/**
 * Writes `text`, of characters up to 0xff, at `offset` (RFC 7541 §5.2).
 *
 * @returns the offset after it
 */
export function encode(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset;
  // Fewer than 8 bits wait in `held`, so that a code of 30 bits goes beyond 32: it is split.
  let held = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    let code = codes[symbol] as number;
    let length = lengths[symbol] as number;
    if (length > 16) {
      const low = length - 16;
      held = (held << 16) | (code >>> low);
      count += 16;
      while (count >= 8) bytes[at++] = held >>> (count -= 8);
      code &= (1 << low) - 1;
      length = low;
    }
    held = (held << length) | code;
    count += length;
    while (count >= 8) bytes[at++] = held >>> (count -= 8);
  }
  // The rest of the last octet is the beginning of EOS: ones.
  if (count > 0) bytes[at++] = (held << (8 - count)) | (0xff >>> count);
  return at;
}

// Decoding: a step takes four bits. The code's tree has an inner node for each
// symbol but one; a step leads from an inner node to another, and on the way
// passes one leaf at most, as no code is shorter than 5 bits.

const NODE = 0xff;
const SYMBOL_SHIFT = 8;
const EMITS = 0x1_0000;
const FAILS = 0x2_0000;

/** For node `n` and nibble `b`, at `n * 16 + b`: the next node, and what the step emits. */
const steps = new Int32Array(EOS * 16);
/** Which nodes a string may end at: those that fewer than 8 ones lead to from the root (RFC 7541 §5.2). */
const accepts = new Uint8Array(EOS);

/** The tree: for node `n` and bit `b`, at `n * 2 + b`: an inner node, or a symbol plus `LEAF`. */
const LEAF = 0x1000;

function buildTree(): Uint16Array {
  const tree = new Uint16Array(EOS * 2);
  let nodes = 1;
  for (const symbol of ordered) {
    const code = codes[symbol] as number;
    let node = 0;
    for (let bit = (lengths[symbol] as number) - 1; bit > 0; bit--) {
      const branch = node * 2 + ((code >>> bit) & 1);
      if (tree[branch] === 0) tree[branch] = nodes++;
      node = tree[branch] as number;
    }
    tree[node * 2 + (code & 1)] = LEAF + symbol;
  }
  return tree;
}

function buildSteps(): void {
  const tree = buildTree();
  for (let node = 0; node < EOS; node++) {
    for (let nibble = 0; nibble < 16; nibble++)
      steps[node * 16 + nibble] = step(tree, node, nibble);
  }
  for (let node = 0, ones = 0; ones < 8; ones++) {
    accepts[node] = 1;
    node = tree[node * 2 + 1] as number;
  }
}

function step(tree: Uint16Array, from: number, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = tree[node * 2 + ((nibble >>> bit) & 1)] as number;
    if (next === LEAF + EOS) return FAILS;
    if (next >= LEAF) emitted = EMITS | ((next - LEAF) << SYMBOL_SHIFT);
    node = next >= LEAF ? 0 : next;
  }
  return emitted | node;
}

/** The most octets that `length` encoded octets can decode to: no code is shorter than 5 bits. */
export function maxDecodedLength(length: number): number {
  return Math.floor((length * 8) / 5);
}

/**
 * Decodes `bytes[start, end)` to the beginning of `target`, which has room for
 * `maxDecodedLength()`.
 *
 * @returns the octets written
 * @throws ConnectionError COMPRESSION_ERROR when it holds EOS, or ends with anything but up to 7 ones
 */
export function decode(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let node = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const octet = bytes[i] as number;
    const high = steps[(node << 4) | (octet >>> 4)] as number;
    if (high >= EMITS) {
      if (high >= FAILS) throw compressionError("huffman_eos");
      target[length++] = high >>> SYMBOL_SHIFT;
    }
    const low = steps[((high & NODE) << 4) | (octet & 0xf)] as number;
    if (low >= EMITS) {
      if (low >= FAILS) throw compressionError("huffman_eos");
      target[length++] = low >>> SYMBOL_SHIFT;
    }
    node = low & NODE;
  }
  if (accepts[node] !== 1) throw compressionError("huffman_padding");
  return length;
}

assignCodes();
buildSteps();
