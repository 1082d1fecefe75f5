import { markAsUntransferable } from "node:worker_threads";

/** Below so many octets a loop is faster than a view and a `set()`. */
const fewOctets = 48;

/** Octets that many small copies share, and the largest of them. */
const slabOctets = 8192;
const mostOfSlab = 1024;

/** A copy of `bytes[start, end)`, which is borrowed. Not `slice()`: a Buffer's makes a view. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  fill(copy, 0, bytes, start, end);
  return copy;
}

/**
 * The same, for what is read soon and kept by nobody: small copies lie side by
 * side in one buffer. A view of a buffer is read twice as fast as a small array
 * that has none until somebody asks for it.
 */
export function passingCopyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const size = end - start;
  if (size > mostOfSlab) return copyOf(bytes, start, end);
  if (used + size > slabOctets) renewSlab();
  fill(slab, used, bytes, start, end);
  const copy = new Uint8Array(slab.buffer, used, size);
  used += size;
  return copy;
}

let slab = new Uint8Array(0);
/** Of the slab; there is none yet. */
let used = Infinity;

function renewSlab(): void {
  slab = new Uint8Array(slabOctets);
  // Whoever transferred one copy to another thread would take all others with it.
  markAsUntransferable(slab.buffer);
  used = 0;
}

function fill(target: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): void {
  if (end - start > fewOctets) {
    target.set(bytes.subarray(start, end), at);
  } else {
    for (let i = start; i < end; i++) target[at + i - start] = bytes[i] as number;
  }
}
