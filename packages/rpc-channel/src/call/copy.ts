/** Below so many octets a loop is faster than a view and a `set()`. */
const fewOctets = 48;

/** A copy of `bytes`, which are borrowed. Not `slice()`: a Buffer's makes a view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const copy = new Uint8Array(length);
  if (length > fewOctets) {
    copy.set(bytes);
  } else {
    for (let i = 0; i < length; i++) copy[i] = bytes[i] as number;
  }
  return copy;
}
