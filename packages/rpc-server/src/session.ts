import { ErrorCode } from "@privet/http2";
import type { ConnectionEnd, ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import type { SocketConnection, SocketHandler } from "@privet/http2/node";
import type { CallDispatcher } from "./call/dispatcher.ts";
import type { Logger } from "./logger.ts";
import type { ServerObserver } from "./observe.ts";
import { peerOf } from "./peer.ts";
import type { Peer } from "./peer.ts";
import { CorsStream } from "./port/cors-stream.ts";
import type { Cors } from "./port/cors.ts";

/** What all connections of a server share. */
export interface SessionOptions {
  readonly dispatcher: CallDispatcher;
  readonly cors: Cors | undefined;
  readonly observer: ServerObserver | undefined;
  readonly logger: Logger;
  /** False until the server has been started. */
  readonly isServing: () => boolean;
}

/** One connection of HTTP/2 and its calls. */
export class Session implements SocketHandler {
  readonly #options: SessionOptions;
  readonly #dispatcher: CallDispatcher;
  readonly #cors: Cors | undefined;
  readonly #peer: Peer;

  constructor(connection: SocketConnection, options: SessionOptions) {
    this.#options = options;
    this.#dispatcher = options.dispatcher;
    this.#cors = options.cors;
    this.#peer = peerOf(connection.socket, "2.0");
    options.observer?.connectionOpened?.(this.#peer);
  }

  stream(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
    // To the client, a stream that is refused was never looked at: it may try again (RFC 9113 §8.7).
    if (!this.#options.isServing()) return refuse(stream);
    return this.#cors === undefined
      ? this.#dispatcher.dispatch(stream, headers, endStream, this.#peer)
      : this.#dispatchCors(this.#cors, stream, headers, endStream);
  }

  streamTooLarge(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
    return this.#dispatcher.dispatchTooLarge(stream, headers, endStream, this.#peer);
  }

  closed(end: ConnectionEnd): void {
    this.#options.observer?.connectionClosed?.(this.#peer, end.token);
    if (end.bug !== undefined) {
      this.#options.logger.error(
        { err: end.bug, peer: this.#peer.address },
        "the HTTP/2 engine failed",
      );
    }
  }

  #dispatchCors(
    cors: Cors,
    stream: Stream,
    headers: ReceivedHeaders,
    endStream: boolean,
  ): StreamHandler {
    const request = { method: headers.method, header: (name: string) => headers.get(name) };
    const preflight = cors.preflight(request);
    if (preflight !== undefined) return answerPreflight(stream, preflight, endStream);
    const fields = cors.response(request);
    const wrapped = fields.length === 0 ? stream : new CorsStream(stream, fields);
    return this.#dispatcher.dispatch(wrapped, headers, endStream, this.#peer);
  }
}

function refuse(stream: Stream): StreamHandler {
  stream.reset(ErrorCode.REFUSED_STREAM);
  return released(stream);
}

function answerPreflight(
  stream: Stream,
  fields: readonly string[],
  endStream: boolean,
): StreamHandler {
  stream.sendHeaders([":status", "204", ...fields], { endStream: true });
  // A preflight has no body; whoever sends one all the same is told to stop (RFC 9113 §8.1).
  if (!endStream) stream.reset(ErrorCode.NO_ERROR);
  return released(stream);
}

function released(stream: Stream): StreamHandler {
  return {
    data(_bytes, start, end) {
      stream.consume(end - start);
    },
    closed: () => stream.release(),
  };
}
