import type {
  Connection,
  HeaderList,
  ReceivedHeaders,
  Stream,
  StreamEnd,
  StreamHandler,
} from "../../../src/index.ts";
import { preencode } from "../../../src/index.ts";
import type { SocketHandler } from "../../../src/node/index.ts";

const OK = preencode([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = preencode(["grpc-status", "0"]);

export function requestHeaders(path: string, ...extra: readonly string[]): HeaderList {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "honest.test"],
    ["te", "trailers"],
    extra,
  ].flat();
}

/** One call of a client. */
export class Call implements StreamHandler {
  readonly ended: Promise<StreamEnd>;
  readonly stream: Stream;
  octets = 0;
  /** Called with the length of each piece of the response. */
  onData: ((octets: number) => void) | undefined = undefined;
  readonly #resolve: (end: StreamEnd) => void;

  constructor(connection: Connection, headers: HeaderList, endStream = true) {
    const { promise, resolve } = Promise.withResolvers<StreamEnd>();
    this.ended = promise;
    this.#resolve = resolve;
    this.stream = connection.openStream(headers, this, { endStream });
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.octets += end - start;
    this.stream.consume(end - start);
    this.onData?.(end - start);
  }

  closed(end: StreamEnd): void {
    this.#resolve(end);
  }
}

/** A server's handler that answers each request after `delayMs()`, unless it was cancelled first. */
class DelayedReply implements StreamHandler {
  readonly #stream: Stream;
  readonly #timer: NodeJS.Timeout;

  constructor(stream: Stream, delayMs: number) {
    this.#stream = stream;
    this.#timer = setTimeout(() => this.#answer(), delayMs);
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#stream.consume(end - start);
  }

  closed(): void {
    clearTimeout(this.#timer);
    this.#stream.release();
  }

  #answer(): void {
    this.#stream.sendHeaders(OK);
    this.#stream.sendData(new Uint8Array(20), false);
    this.#stream.sendTrailers(TRAILERS);
  }
}

export function replyAfter(delayMs: () => number): () => SocketHandler {
  return () => ({ stream: (stream) => new DelayedReply(stream, delayMs()) });
}

/** Answers at once, when the request has ended. */
class PromptReply implements StreamHandler {
  readonly #stream: Stream;
  readonly #body: Uint8Array;

  constructor(stream: Stream, body: Uint8Array, endStream: boolean) {
    this.#stream = stream;
    this.#body = body;
    if (endStream) this.#answer();
  }

  headers(_headers: ReceivedHeaders): void {
    this.#answer();
  }

  data(_bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#stream.consume(end - start);
    if (endStream) this.#answer();
  }

  closed(): void {
    this.#stream.release();
  }

  #answer(): void {
    this.#stream.sendHeaders(OK);
    this.#stream.sendData(this.#body, false);
    this.#stream.sendTrailers(TRAILERS);
  }
}

export function replyWith(body: Uint8Array): () => SocketHandler {
  return () => ({
    stream: (stream, _headers, endStream) => new PromptReply(stream, body, endStream),
  });
}

/** Sends back each piece as it comes. */
class EchoReply implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.sendHeaders(OK);
  }

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#stream.consume(end - start);
    if (end > start) this.#stream.sendData(bytes.slice(start, end), false);
    if (endStream) this.#stream.sendTrailers(TRAILERS);
  }

  closed(): void {
    this.#stream.release();
  }
}

export function echo(): SocketHandler {
  return { stream: (stream) => new EchoReply(stream) };
}
