import { FrameType } from "../../../src/constants.ts";

// Frames as an attacker writes them: nothing is checked.

const NOTHING = new Uint8Array(0);

/** RFC 9113 §4.1. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = NOTHING,
): Buffer {
  const out = Buffer.alloc(9 + payload.length);
  out.writeUIntBE(payload.length, 0, 3);
  out.writeUInt8(type, 3);
  out.writeUInt8(flags, 4);
  out.writeUInt32BE(streamId, 5);
  out.set(payload, 9);
  return out;
}

export function settings(...entries: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(entries.length * 6);
  entries.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  });
  return frame(FrameType.SETTINGS, 0, 0, payload);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  return frame(FrameType.WINDOW_UPDATE, 0, streamId, uint32(increment));
}

/** Raises the connection's window to the largest there is. */
export const UNLIMITED: Buffer = windowUpdate(0, 2 ** 31 - 1 - 65_535);

export function resetStream(streamId: number, code: number): Buffer {
  return frame(FrameType.RST_STREAM, 0, streamId, uint32(code));
}

export function ping(payload: number = 0): Buffer {
  return frame(FrameType.PING, 0, 0, Buffer.concat([uint32(0), uint32(payload)]));
}

export function goaway(lastStreamId: number, code: number, debug = ""): Buffer {
  const head = Buffer.concat([uint32(lastStreamId), uint32(code)]);
  return frame(FrameType.GOAWAY, 0, 0, Buffer.concat([head, Buffer.from(debug, "latin1")]));
}

// Header blocks, RFC 7541: literals without indexing, so that no block depends on another.

/** An integer after `pattern`, RFC 7541 §5.1. */
export function integer(pattern: number, prefixBits: number, value: number): Buffer {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.of(pattern | value);
  const octets = [pattern | limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Buffer.from(octets);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([integer(0, 7, bytes.length), bytes]);
}

/** §6.2.2: not put into the table. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x00), text(name), text(value)]);
}

/** §6.2.1: put into the table. */
export function inserted(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x40), text(name), text(value)]);
}

export function indexed(index: number): Buffer {
  return integer(0x80, 7, index);
}

/** Static entries (RFC 7541 Appendix A) that the attacks use. */
export const METHOD_POST: Buffer = indexed(3);
export const SCHEME_HTTP: Buffer = indexed(6);
export const STATUS_200: Buffer = indexed(8);

/** The block of a request that is right, with `extra` fields after it. */
export function requestBlock(path: string, ...extra: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    METHOD_POST,
    SCHEME_HTTP,
    literal(":path", path),
    literal(":authority", "victim.test"),
    ...extra,
  ]);
}

const END_STREAM = 0x1;
const END_HEADERS = 0x4;

/** A whole HEADERS frame of a request. */
export function request(
  streamId: number,
  path: string,
  options: { readonly endStream?: boolean; readonly extra?: readonly Uint8Array[] } = {},
): Buffer {
  const flags = END_HEADERS | (options.endStream === false ? 0 : END_STREAM);
  return frame(FrameType.HEADERS, flags, streamId, requestBlock(path, ...(options.extra ?? [])));
}

/** A whole HEADERS frame of a response, 200, or of whatever `block` says. */
export function response(
  streamId: number,
  options: { readonly endStream?: boolean; readonly block?: Uint8Array } = {},
): Buffer {
  const flags = END_HEADERS | (options.endStream === true ? END_STREAM : 0);
  return frame(FrameType.HEADERS, flags, streamId, options.block ?? STATUS_200);
}

export function data(streamId: number, payload: Uint8Array, endStream = false): Buffer {
  return frame(FrameType.DATA, endStream ? END_STREAM : 0, streamId, payload);
}
