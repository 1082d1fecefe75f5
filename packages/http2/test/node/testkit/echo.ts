import { preencode } from "@privet/http2";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import type { SocketHandler } from "@privet/http2/node";

const RESPONSE = preencode([":status", "200", "content-type", "application/octet-stream"]);
const NOT_FOUND = preencode([":status", "404"]);

/**
 * Sends back what it gets, as it comes, and the trailers that it got; without
 * any, the count of octets as `x-octets`.
 */
class Echo implements StreamHandler {
  readonly #stream: Stream;
  /** Octets that the peer gets no credit for while it doesn't read our answer. */
  #owed = 0;
  #octets = 0;

  constructor(stream: Stream, endStream: boolean) {
    this.#stream = stream;
    stream.sendHeaders(RESPONSE);
    if (endStream) this.#finish();
  }

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    const octets = end - start;
    this.#octets += octets;
    if (octets > 0 && !this.#stream.sendData(Uint8Array.from(bytes.subarray(start, end)), false)) {
      this.#owed += octets;
    } else {
      this.#stream.consume(octets);
    }
    if (endStream) this.#finish();
  }

  headers(headers: ReceivedHeaders): void {
    this.#finish(headers.snapshot());
  }

  writable(): void {
    this.#stream.consume(this.#owed);
    this.#owed = 0;
  }

  closed(): void {
    this.#stream.release();
  }

  #finish(trailers: readonly string[] = ["x-octets", String(this.#octets)]): void {
    this.#stream.sendTrailers(trailers);
  }
}

/** Sends so many octets of a pattern, as fast as they are taken. */
class Source implements StreamHandler {
  readonly #stream: Stream;
  readonly #total: number;
  readonly #trailers: boolean;
  #sent = 0;

  constructor(stream: Stream, total: number, trailers: boolean) {
    this.#stream = stream;
    this.#total = total;
    this.#trailers = trailers;
    stream.sendHeaders(RESPONSE);
    this.writable();
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#stream.consume(end - start);
  }

  writable(): void {
    let room = true;
    while (room && this.#sent < this.#total) {
      const end = Math.min(this.#sent + 16_384, this.#total);
      const piece = pattern(this.#sent, end);
      this.#sent = end;
      room = this.#stream.sendData(piece, end === this.#total && !this.#trailers);
    }
    if (this.#sent < this.#total || this.#stream.sendEnded) return;
    if (this.#trailers) {
      this.#stream.sendTrailers(["x-octets", String(this.#total)]);
    } else {
      this.#stream.sendData(new Uint8Array(0), true);
    }
  }

  closed(): void {
    this.#stream.release();
  }
}

/** Answers that there is nothing, and reads no more. */
class Nothing implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.sendHeaders(NOT_FOUND, { endStream: true });
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#stream.consume(end - start);
  }

  closed(): void {
    this.#stream.release();
  }
}

/**
 * `/echo` sends back the request's body, `/octets/N` N octets of the pattern
 * with trailers, `/plain/N` without.
 */
export const echoHandler: SocketHandler = {
  stream: (stream, headers, endStream) => {
    if (headers.path === "/echo") return new Echo(stream, endStream);
    const [, kind, octets] = /^\/(octets|plain)\/(\d+)$/.exec(headers.path) ?? [];
    return kind === undefined
      ? new Nothing(stream)
      : new Source(stream, Number(octets), kind === "octets");
  },
};

/** Octets `start` to `end` of an endless pattern in which a shift or a gap shows. */
export function pattern(start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  for (let i = 0; i < bytes.length; i++) {
    const at = start + i;
    bytes[i] = (at ^ (at >> 8) ^ (at >> 16)) & 0xff;
  }
  return bytes;
}
