import { CLIENT_PREFACE, Flag, FRAME_HEADER_SIZE, FrameType } from "../../src/constants.ts";
import { Decoder } from "../../src/hpack/decoder.ts";
import type { HeaderList } from "../../src/hpack/field.ts";

// A language for frames: each function makes one, right or wrong, as octets.

/** The client's connection preface, without SETTINGS. */
export const preface: Uint8Array = latin1(CLIENT_PREFACE);

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Any frame at all. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const { length } = payload;
  return concat(
    Uint8Array.of(length >>> 16, length >>> 8, length, type, flags),
    uint32(streamId),
    payload,
  );
}

/** A header block of literals without indexing: any names and values, and no table. */
export function block(fields: HeaderList): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    parts.push(Uint8Array.of(0), string(fields[i] ?? ""), string(fields[i + 1] ?? ""));
  }
  return concat(...parts);
}

function string(text: string): Uint8Array {
  return concat(integer(text.length, 0x7f), latin1(text));
}

/** An HPACK integer with a prefix of ones, `mask`. */
function integer(value: number, mask: number): Uint8Array {
  if (value < mask) return Uint8Array.of(value);
  const octets = [mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Uint8Array.from(octets);
}

export interface BodyOptions {
  readonly endStream?: boolean;
  /** Octets of padding; undefined is a frame without the PADDED flag. */
  readonly padding?: number;
}

export interface HeadersOptions extends BodyOptions {
  readonly endHeaders?: boolean;
  /** The stream that this one depends on, in the deprecated priority fields. */
  readonly dependency?: number;
}

function padded(content: Uint8Array, padding: number | undefined): Uint8Array {
  return padding === undefined
    ? content
    : concat(Uint8Array.of(padding), content, new Uint8Array(padding));
}

function bodyFlags({ endStream, padding }: BodyOptions): number {
  return (endStream === true ? Flag.END_STREAM : 0) | (padding === undefined ? 0 : Flag.PADDED);
}

export function data(
  streamId: number,
  content: Uint8Array | string | number,
  options: BodyOptions = {},
): Uint8Array {
  const octets = typeof content === "number" ? new Uint8Array(content) : octetsOf(content);
  return frame(FrameType.DATA, bodyFlags(options), streamId, padded(octets, options.padding));
}

function octetsOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? latin1(content) : content;
}

/** HEADERS with a list, or with a block that is encoded already. */
export function headers(
  streamId: number,
  fields: HeaderList | Uint8Array,
  options: HeadersOptions = {},
): Uint8Array {
  const encoded = fields instanceof Uint8Array ? fields : block(fields);
  const { dependency, endHeaders = true } = options;
  const priorityFields = dependency === undefined ? [] : [uint32(dependency), Uint8Array.of(15)];
  const flags =
    bodyFlags(options) |
    (endHeaders ? Flag.END_HEADERS : 0) |
    (dependency === undefined ? 0 : Flag.PRIORITY);
  const payload = padded(concat(...priorityFields, encoded), options.padding);
  return frame(FrameType.HEADERS, flags, streamId, payload);
}

export function continuation(
  streamId: number,
  fields: HeaderList | Uint8Array,
  endHeaders: boolean,
): Uint8Array {
  const encoded = fields instanceof Uint8Array ? fields : block(fields);
  return frame(FrameType.CONTINUATION, endHeaders ? Flag.END_HEADERS : 0, streamId, encoded);
}

export function priority(streamId: number, dependency: number): Uint8Array {
  return frame(FrameType.PRIORITY, 0, streamId, concat(uint32(dependency), Uint8Array.of(15)));
}

export function rstStream(streamId: number, code: number): Uint8Array {
  return frame(FrameType.RST_STREAM, 0, streamId, uint32(code));
}

export function settings(
  ...entries: readonly (readonly [id: number, value: number])[]
): Uint8Array {
  const payload = entries.map(([id, value]) => concat(Uint8Array.of(id >>> 8, id), uint32(value)));
  return frame(FrameType.SETTINGS, 0, 0, concat(...payload));
}

export function settingsAck(): Uint8Array {
  return frame(FrameType.SETTINGS, Flag.ACK, 0);
}

export function ping(octets: Uint8Array | string = "12345678", ack = false): Uint8Array {
  return frame(FrameType.PING, ack ? Flag.ACK : 0, 0, octetsOf(octets));
}

export function goaway(lastStreamId: number, code: number, debug = ""): Uint8Array {
  return frame(FrameType.GOAWAY, 0, 0, concat(uint32(lastStreamId), uint32(code), latin1(debug)));
}

export function windowUpdate(streamId: number, increment: number): Uint8Array {
  return frame(FrameType.WINDOW_UPDATE, 0, streamId, uint32(increment));
}

/** RFC 9218 §7.1. */
export function priorityUpdate(streamId: number, value = "u=1"): Uint8Array {
  return frame(FrameType.PRIORITY_UPDATE, 0, 0, concat(uint32(streamId), latin1(value)));
}

/** A frame as tests compare it: what its type doesn't have is left out. */
export interface Seen {
  readonly type: string;
  readonly id?: number;
  readonly end?: true;
  readonly ack?: true;
  readonly fields?: readonly string[];
  readonly text?: string;
  readonly code?: number;
  readonly last?: number;
  readonly increment?: number;
  readonly values?: Readonly<Record<number, number>>;
  readonly size?: number;
}

const names = new Map<number, string>(
  Object.entries(FrameType).map(([name, type]) => [type, name] as const),
);

/** Texts up to this size are shown, longer ones counted. */
const SHOWN = 40;

/** Reads the frames that an engine sent. One for each connection, since HPACK remembers. */
export class FrameLog {
  /** The octets of PINGs that ask for an answer. */
  readonly pings: Uint8Array[] = [];
  #rest: Uint8Array = new Uint8Array(0);
  readonly #decoder = new Decoder(4096, 1 << 20);
  #block: { id: number; end: boolean; bytes: Uint8Array } | undefined;

  /** Octets of a frame that is not complete. */
  get rest(): number {
    return this.#rest.length;
  }

  /** @param octets what was sent next, a client's preface left out */
  read(octets: Uint8Array): Seen[] {
    this.#rest = concat(this.#rest, octets);
    const seen: Seen[] = [];
    for (;;) {
      const bytes = this.#rest;
      if (bytes.length < FRAME_HEADER_SIZE) return seen;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const end = FRAME_HEADER_SIZE + (view.getUint32(0) >>> 8);
      if (bytes.length < end) return seen;
      const payload = bytes.subarray(FRAME_HEADER_SIZE, end);
      const id = view.getUint32(5) & 0x7fff_ffff;
      this.#rest = bytes.subarray(end);
      const one = this.#show(bytes[3] ?? 0, bytes[4] ?? 0, id, payload);
      if (one !== undefined) seen.push(one);
    }
  }

  #show(type: number, flags: number, id: number, payload: Uint8Array): Seen | undefined {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const end = (flags & Flag.END_STREAM) !== 0;
    switch (type) {
      case FrameType.DATA:
        return { type: "DATA", id, ...showText(payload), ...(end && { end: true }) };
      case FrameType.HEADERS:
        this.#block = { id, end, bytes: payload };
        return this.#blockEnd(flags);
      case FrameType.CONTINUATION:
        if (this.#block === undefined) throw new Error("CONTINUATION without HEADERS");
        this.#block.bytes = concat(this.#block.bytes, payload);
        return this.#blockEnd(flags);
      case FrameType.RST_STREAM:
        return { type: "RST_STREAM", id, code: view.getUint32(0) };
      case FrameType.SETTINGS:
        if ((flags & Flag.ACK) !== 0) return { type: "SETTINGS", ack: true };
        return { type: "SETTINGS", values: readSettings(view) };
      case FrameType.PING: {
        const ack = (flags & Flag.ACK) !== 0;
        if (!ack) this.pings.push(payload);
        return ack ? { type: "PING", ack, ...showText(payload) } : { type: "PING" };
      }
      case FrameType.GOAWAY: {
        const text = String.fromCharCode(...payload.subarray(8));
        return { type: "GOAWAY", last: view.getUint32(0), code: view.getUint32(4), text };
      }
      case FrameType.WINDOW_UPDATE:
        return { type: "WINDOW_UPDATE", id, increment: view.getUint32(0) };
      default:
        return { type: names.get(type) ?? `type ${type}`, id, size: payload.length };
    }
  }

  #blockEnd(flags: number): Seen | undefined {
    if ((flags & Flag.END_HEADERS) === 0 || this.#block === undefined) return undefined;
    const { id, end, bytes } = this.#block;
    const fields: string[] = [];
    this.#decoder.decode(bytes, 0, bytes.length, {
      field: (field) => void fields.push(field.name, field.value),
    });
    this.#block = undefined;
    return { type: "HEADERS", id, fields, ...(end && { end: true }) };
  }
}

function showText(payload: Uint8Array): { text: string } | { size: number } {
  if (payload.length > SHOWN) return { size: payload.length };
  return { text: String.fromCharCode(...payload) };
}

function readSettings(view: DataView): Record<number, number> {
  const values: Record<number, number> = {};
  for (let at = 0; at < view.byteLength; at += 6) {
    values[view.getUint16(at)] = view.getUint32(at + 2);
  }
  return values;
}
