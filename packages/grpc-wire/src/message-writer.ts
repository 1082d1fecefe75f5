import { prefixLength } from "./message-reader.ts";

/** Below so many octets a loop is faster than a `set()`. */
const fewOctets = 48;

/** A Length-Prefixed-Message, gRPC over HTTP/2 "Requests": prefix and message in one buffer. */
export function prefixMessage(message: Uint8Array, flags: number): Uint8Array {
  const framed = new Uint8Array(prefixLength + message.length);
  writeMessage(framed, 0, message, flags);
  return framed;
}

/**
 * Writes a Length-Prefixed-Message into `target`, which has room for it.
 *
 * @returns where it ends
 */
export function writeMessage(
  target: Uint8Array,
  at: number,
  message: Uint8Array,
  flags: number,
): number {
  const { length } = message;
  writePrefix(target, at, length, flags);
  const start = at + prefixLength;
  if (length > fewOctets) {
    target.set(message, start);
  } else {
    for (let i = 0; i < length; i++) target[start + i] = message[i] as number;
  }
  return start + length;
}

/** Writes the prefix of a message of `length` octets: of one so large that it had better not be copied. */
export function writePrefix(target: Uint8Array, at: number, length: number, flags: number): void {
  target[at] = flags;
  target[at + 1] = length >>> 24;
  target[at + 2] = length >>> 16;
  target[at + 3] = length >>> 8;
  target[at + 4] = length;
}
