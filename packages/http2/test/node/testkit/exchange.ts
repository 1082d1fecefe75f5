import type { HeadersKind, ReceivedHeaders, Stream, StreamEnd, StreamHandler } from "@privet/http2";
import type { SocketConnection } from "@privet/http2/node";

export interface Request {
  readonly path: string;
  /** Default: POST with a body, else GET. */
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: readonly string[];
  readonly trailers?: readonly string[];
}

export interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly trailers: ReadonlyMap<string, string>;
  readonly end: StreamEnd;
}

/** Makes one exchange; resolves however it ends. */
export function exchange(link: SocketConnection, request: Request): Promise<Response> {
  return new Promise((resolve) => {
    new Exchange(request, resolve).start(link);
  });
}

/** A client's stream, read to its end. */
class Exchange implements StreamHandler {
  readonly #request: Request;
  readonly #resolve: (response: Response) => void;
  #stream: Stream | undefined = undefined;
  #status = 0;
  #headers: ReadonlyMap<string, string> = new Map();
  #trailers: ReadonlyMap<string, string> = new Map();
  readonly #chunks: Uint8Array[] = [];
  #sent = 0;

  constructor(request: Request, resolve: (response: Response) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  start(link: SocketConnection): void {
    const { body, method, path, headers = [], trailers } = this.#request;
    const endStream = body === undefined && trailers === undefined;
    this.#stream = link.connection.openStream(
      [
        [":method", method ?? (endStream ? "GET" : "POST")],
        [":scheme", "http"],
        [":authority", "localhost"],
        [":path", path],
        headers,
      ].flat(),
      this,
      { endStream },
    );
    if (!endStream) this.writable();
  }

  headers(headers: ReceivedHeaders, kind: HeadersKind): void {
    const fields = toMap(headers.snapshot());
    if (kind === "final") {
      this.#status = headers.status;
      this.#headers = fields;
    } else if (kind === "trailers") {
      this.#trailers = fields;
    }
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    this.#chunks.push(Uint8Array.from(bytes.subarray(start, end)));
    this.#stream?.consume(end - start);
  }

  /** Sends as much of the body as there is room for, then the end. */
  writable(): void {
    const stream = this.#stream;
    const { body = new Uint8Array(0), trailers } = this.#request;
    if (stream === undefined || stream.sendEnded) return;
    let room = true;
    while (room && this.#sent < body.length) {
      const piece = body.subarray(this.#sent, this.#sent + 65_536);
      this.#sent += piece.length;
      room = stream.sendData(piece, this.#sent === body.length && trailers === undefined);
    }
    if (this.#sent < body.length || stream.sendEnded) return;
    if (trailers === undefined) {
      stream.sendData(new Uint8Array(0), true);
    } else {
      stream.sendTrailers(trailers);
    }
  }

  closed(end: StreamEnd): void {
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#chunks),
      trailers: this.#trailers,
      end,
    });
  }
}

function toMap(fields: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    map.set(fields[i] ?? "", fields[i + 1] ?? "");
  }
  return map;
}
