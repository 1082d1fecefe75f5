import { prefixLength } from "./message-reader.ts";

/** A Length-Prefixed-Message, gRPC over HTTP/2 "Requests": prefix and message in one buffer. */
export function prefixMessage(message: Uint8Array, flags: number): Uint8Array {
  const framed = new Uint8Array(prefixLength + message.length);
  writePrefix(framed, message.length, flags);
  framed.set(message, prefixLength);
  return framed;
}

function writePrefix(target: Uint8Array, length: number, flags: number): void {
  target[0] = flags;
  target[1] = length >>> 24;
  target[2] = length >>> 16;
  target[3] = length >>> 8;
  target[4] = length;
}
