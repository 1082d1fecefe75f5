/** Below so many octets a loop is faster than a view and a `set()`. */
const fewOctets = 48;

/** A copy of `bytes[start, end)`, which is borrowed. Not `slice()`: a Buffer's makes a view. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const size = end - start;
  const copy = new Uint8Array(size);
  if (size > fewOctets) {
    copy.set(bytes.subarray(start, end));
  } else {
    for (let i = 0; i < size; i++) copy[i] = bytes[start + i] as number;
  }
  return copy;
}
