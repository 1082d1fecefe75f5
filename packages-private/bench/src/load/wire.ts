// Frames (RFC 9113 §4.1) and header blocks (RFC 7541) that the load is made of.
// A writer of its own, so that the load shares no code with what is measured.

export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
} as const;

export const Flag = { ACK: 1, END_STREAM: 1, END_HEADERS: 4 } as const;

export const HEADER_BYTES = 9;
/** The largest payload that every peer takes (SETTINGS_MAX_FRAME_SIZE's initial value). */
export const MAX_PAYLOAD = 16_384;
/** The setting of a stream's window, and what it is where nobody sets it. */
export const INITIAL_WINDOW_SIZE = 4;
export const DEFAULT_WINDOW = 65_535;
export const MAX_WINDOW: number = 2 ** 31 - 1;

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  out.writeUIntBE(payload.length, 0, 3);
  out[3] = type;
  out[4] = flags;
  out.writeUInt32BE(streamId, 5);
  out.set(payload, HEADER_BYTES);
  return out;
}

/** SETTINGS with `entries` of id and value (RFC 9113 §6.5.1). */
export function settings(entries: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(entries.length * 6);
  entries.forEach(([id, value], at) => {
    payload.writeUInt16BE(id, at * 6);
    payload.writeUInt32BE(value, at * 6 + 2);
  });
  return frame(FrameType.SETTINGS, 0, 0, payload);
}

export const SETTINGS_ACK: Buffer = frame(FrameType.SETTINGS, Flag.ACK, 0, Buffer.alloc(0));

export function windowUpdate(streamId: number, increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(FrameType.WINDOW_UPDATE, 0, streamId, payload);
}

/** A header field of the load, with what RFC 7541 Appendix A knows of it. */
export interface LoadField {
  readonly name: string;
  readonly value: string;
  /** Static index of name and value together: sent as one octet, always. */
  readonly exact?: number;
  /** Static index of the name alone. */
  readonly nameIndex?: number;
}

/** The same fields twice, as any HPACK encoder sends them on one connection. */
export interface RepeatedBlock {
  /** Inserts its fields into the dynamic table (RFC 7541 §6.2.1). */
  readonly first: Buffer;
  /** Refers to what `first` inserted (§6.1). */
  readonly next: Buffer;
}

/**
 * Blocks for lists of fields that go out in turn on one connection and share
 * its table: a response's headers and its trailers, or a request's headers alone.
 */
export function repeatedBlocks(lists: readonly (readonly LoadField[])[]): RepeatedBlock[] {
  const inserted = lists.flat().filter((field) => field.exact === undefined);
  const newest = 62;
  return lists.map((fields) => ({
    first: Buffer.concat(fields.map((field) => literal(field))),
    next: Buffer.concat(
      fields.map((field) =>
        indexed(field.exact ?? newest + inserted.length - 1 - inserted.indexOf(field)),
      ),
    ),
  }));
}

function indexed(index: number): Buffer {
  return integer(0x80, 7, index);
}

function literal(field: LoadField): Buffer {
  if (field.exact !== undefined) return indexed(field.exact);
  const name =
    field.nameIndex === undefined
      ? Buffer.concat([integer(0x40, 6, 0), text(field.name)])
      : integer(0x40, 6, field.nameIndex);
  return Buffer.concat([name, text(field.value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([integer(0, 7, bytes.length), bytes]);
}

/** RFC 7541 §5.1. */
function integer(pattern: number, prefixBits: number, value: number): Buffer {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return Buffer.of(pattern | value);
  const octets = [pattern | limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Buffer.from(octets);
}
