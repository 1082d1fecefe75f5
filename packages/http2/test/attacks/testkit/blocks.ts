import { Flag, FrameType } from "../../../src/constants.ts";
import { concat, frame, latin1, windowUpdate } from "../../testkit/frames.ts";

// Header blocks as an attacker writes them, RFC 7541: nothing is checked, and
// what isn't `inserted()` leaves no trace in the table.

/** An integer after `pattern`, RFC 7541 §5.1. */
function integer(pattern: number, prefixBits: number, value: number): Uint8Array {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Uint8Array.of(pattern | value);
  const octets = [pattern | limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Uint8Array.from(octets);
}

export function text(value: string): Uint8Array {
  const bytes = latin1(value);
  return concat(integer(0, 7, bytes.length), bytes);
}

/** §6.2.2: not put into the table. */
export function literal(name: string, value: string): Uint8Array {
  return concat(Uint8Array.of(0x00), text(name), text(value));
}

/** §6.2.1: put into the table. */
export function inserted(name: string, value: string): Uint8Array {
  return concat(Uint8Array.of(0x40), text(name), text(value));
}

export function indexed(index: number): Uint8Array {
  return integer(0x80, 7, index);
}

/** Static entries (RFC 7541 Appendix A) that the attacks use. */
export const METHOD_POST: Uint8Array = indexed(3);
export const SCHEME_HTTP: Uint8Array = indexed(6);
export const STATUS_200: Uint8Array = indexed(8);

/** The block of a request that is right, with `extra` fields after it. */
export function requestBlock(path: string, ...extra: readonly Uint8Array[]): Uint8Array {
  return concat(
    METHOD_POST,
    SCHEME_HTTP,
    literal(":path", path),
    literal(":authority", "victim.test"),
    ...extra,
  );
}

/** A whole HEADERS frame of a request. */
export function request(
  streamId: number,
  path: string,
  options: { readonly endStream?: boolean; readonly extra?: readonly Uint8Array[] } = {},
): Uint8Array {
  const flags = Flag.END_HEADERS | (options.endStream === false ? 0 : Flag.END_STREAM);
  return frame(FrameType.HEADERS, flags, streamId, requestBlock(path, ...(options.extra ?? [])));
}

/** A whole HEADERS frame of a response, 200, or of whatever `block` says. */
export function response(
  streamId: number,
  options: { readonly endStream?: boolean; readonly block?: Uint8Array } = {},
): Uint8Array {
  const flags = Flag.END_HEADERS | (options.endStream === true ? Flag.END_STREAM : 0);
  return frame(FrameType.HEADERS, flags, streamId, options.block ?? STATUS_200);
}

/** Raises the connection's window beyond what any test needs. */
export const PLENTY: Uint8Array = windowUpdate(0, 2 ** 30);
