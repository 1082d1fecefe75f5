import { prefixLength } from "./message-reader.ts";

/** A Length-Prefixed-Message, gRPC over HTTP/2 "Requests": prefix and message in one buffer. */
export function prefixMessage(message: Uint8Array, flags: number): Uint8Array {
  const framed = new Uint8Array(prefixLength + message.length);
  write(framed, 0, message, flags);
  return framed;
}

/** Several of them in one buffer. `flags` has those of each message. */
export function prefixMessages(
  messages: readonly Uint8Array[],
  flags: readonly number[],
): Uint8Array {
  let size = 0;
  for (const message of messages) size += prefixLength + message.length;
  const framed = new Uint8Array(size);
  let at = 0;
  for (let i = 0; i < messages.length; i++) {
    at = write(framed, at, messages[i] as Uint8Array, flags[i] ?? 0);
  }
  return framed;
}

/** @returns where the message ends */
function write(target: Uint8Array, at: number, message: Uint8Array, flags: number): number {
  const { length } = message;
  target[at] = flags;
  target[at + 1] = length >>> 24;
  target[at + 2] = length >>> 16;
  target[at + 3] = length >>> 8;
  target[at + 4] = length;
  target.set(message, at + prefixLength);
  return at + prefixLength + length;
}
