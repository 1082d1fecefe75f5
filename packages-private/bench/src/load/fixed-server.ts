import type { Socket } from "node:net";
import { FrameCutter } from "./frames.ts";
import { listen } from "./listener.ts";
import type { Listener, ListenerTls } from "./listener.ts";
import { PREFACE_BYTES, responseBlocks } from "./response-blocks.ts";
import {
  Flag,
  FrameType,
  HEADER_BYTES,
  INITIAL_WINDOW_SIZE,
  MAX_WINDOW,
  SETTINGS_ACK,
  frame,
  settings,
  windowUpdate,
} from "./wire.ts";

const MAX_CONCURRENT_STREAMS = 3;
const CREDIT_STEP = 2 ** 20;
/** In the header of a frame: RFC 9113 §4.1. */
const STREAM_ID_AT = HEADER_BYTES - 4;

/**
 * Answers every request, when it has ended, with the same headers, message and
 * trailers. Requests may be as large as they like.
 *
 * @param reply the DATA of the response
 */
export function startFixedServer(reply: Buffer, tls?: ListenerTls): Promise<Listener> {
  const responses = new Responses(reply);
  return listen((socket) => serve(socket, responses), tls);
}

function serve(socket: Socket, responses: Responses): void {
  let prefaceLeft = PREFACE_BYTES;
  let answered = false;
  let consumed = 0;
  let due: number[] = [];
  let out: Uint8Array[] = [
    settings([
      [MAX_CONCURRENT_STREAMS, 1000],
      [INITIAL_WINDOW_SIZE, MAX_WINDOW],
    ]),
    windowUpdate(0, MAX_WINDOW - 65_535),
  ];
  const cutter = new FrameCutter((type, flags, id, bytes, start, end) => {
    if (type === FrameType.SETTINGS && (flags & Flag.ACK) === 0) out.push(SETTINGS_ACK);
    if (type === FrameType.PING && (flags & Flag.ACK) === 0)
      out.push(frame(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end)));
    if (type === FrameType.DATA) consumed += end - start;
    if (type <= FrameType.HEADERS && (flags & Flag.END_STREAM) !== 0) due.push(id);
  });
  const flush = (): void => {
    if (consumed > CREDIT_STEP) {
      out.push(windowUpdate(0, consumed));
      consumed = 0;
    }
    if (due.length > 0 && !answered) {
      answered = true;
      out.push(responses.first(due.shift() ?? 0));
    }
    if (due.length > 0) out.push(responses.stamp(due));
    if (out.length === 0) return;
    const bytes = out.length === 1 ? out[0] : Buffer.concat(out);
    due = [];
    out = [];
    if (bytes !== undefined) socket.write(bytes);
  };
  socket.on("data", (chunk: Buffer) => {
    const skipped = Math.min(prefaceLeft, chunk.length);
    prefaceLeft -= skipped;
    cutter.push(chunk.subarray(skipped));
    flush();
  });
}

/** Whole responses, made beforehand but for the number of the stream. */
class Responses {
  readonly #reply: Buffer;
  readonly #template: Buffer;
  readonly #streamIdsAt: readonly number[];

  constructor(reply: Buffer) {
    this.#reply = reply;
    const frames = this.#frames("next", 0);
    this.#template = Buffer.concat(frames);
    let at = 0;
    this.#streamIdsAt = frames.map(({ length }) => (at += length) - length + STREAM_ID_AT);
  }

  /** The first of a connection: it fills HPACK's table, to which the next ones refer. */
  first(id: number): Buffer {
    return Buffer.concat(this.#frames("first", id));
  }

  stamp(ids: readonly number[]): Buffer {
    const size = this.#template.length;
    const bytes = Buffer.allocUnsafe(size * ids.length);
    ids.forEach((id, index) => {
      bytes.set(this.#template, index * size);
      for (const at of this.#streamIdsAt) bytes.writeUInt32BE(id, index * size + at);
    });
    return bytes;
  }

  #frames(pick: "first" | "next", id: number): Buffer[] {
    const { headers, trailers } = responseBlocks;
    return [
      frame(FrameType.HEADERS, Flag.END_HEADERS, id, headers[pick]),
      frame(FrameType.DATA, 0, id, this.#reply),
      frame(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, id, trailers[pick]),
    ];
  }
}
