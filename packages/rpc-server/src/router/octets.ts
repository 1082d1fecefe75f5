import { markAsUntransferable } from "node:worker_threads";

/** Below so many octets a loop is faster than a view and a `set()`. */
const fewOctets = 48;

/** Octets that many small arrays share, and the largest of them. */
const slabOctets = 8192;
const mostOfSlab = 1024;

/** A copy of `bytes[start, end)`, which is borrowed. Not `slice()`: a Buffer's makes a view. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  fill(copy, 0, bytes, start, end);
  return copy;
}

/** The same in `passingOctets()`, for what is read soon and kept by nobody. */
export function passingCopyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = passingOctets(end - start);
  fill(copy, 0, bytes, start, end);
  return copy;
}

/**
 * An array for what doesn't stay for long: small ones lie side by side in one
 * buffer. A view of a buffer takes half the memory of a small array with
 * octets of its own, and is read twice as fast; one of more than 64 octets is
 * ten times faster to make.
 */
export function passingOctets(size: number): Uint8Array {
  if (size > mostOfSlab) return new Uint8Array(size);
  if (used + size > slabOctets) renewSlab();
  const octets = new Uint8Array(slab.buffer, used, size);
  used += size;
  return octets;
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
