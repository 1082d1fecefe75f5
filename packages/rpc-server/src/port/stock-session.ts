import { constants } from "node:http2";
import type { Http2ServerResponse, ServerHttp2Session, ServerHttp2Stream } from "node:http2";

/** The highest stream there can be: no call in flight is refused yet (RFC 9113 §6.8). */
const everyStream = 2 ** 31 - 1;

/** How often to look whether a response has left, in ms. */
const sentCheckMs = 5;

/** A connection on `node:http2`, and its end. */
export class StockSession {
  readonly #session: ServerHttp2Session;
  readonly #streams: Set<ServerHttp2Stream> = new Set();

  constructor(session: ServerHttp2Session) {
    this.#session = session;
    session.on("stream", (stream) => {
      this.#streams.add(stream);
      stream.once("close", () => this.#streams.delete(stream));
    });
  }

  get calls(): number {
    return this.#streams.size;
  }

  /** Lets the calls that are open, or on their way, end. Resolves when the connection has ended. */
  async drain(): Promise<void> {
    const session = this.#session;
    if (session.destroyed) return;
    const ended = closed(session);
    await Promise.race([ended, this.#announce()]);
    session.close();
    await ended;
  }

  destroy(): void {
    this.#session.destroy();
  }

  /**
   * Says that the connection will end, while a call already on its way is still
   * served (RFC 9113 §6.8), and resolves when the peer has read it. Without an
   * open stream `node:http2` reads no more once it has sent a GOAWAY: then only
   * the last GOAWAY tells the truth about calls on their way, and this one isn't sent.
   */
  async #announce(): Promise<void> {
    const session = this.#session;
    if (session.closed || this.#streams.size === 0) return;
    session.goaway(constants.NGHTTP2_NO_ERROR, everyStream);
    const acknowledged = new Promise<void>((resolve) => {
      session.ping(() => resolve());
    });
    const idle = Promise.all(Array.from(this.#streams, closed));
    await Promise.race([acknowledged, idle]);
  }
}

function closed(closing: ServerHttp2Session | ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    (closing as NodeJS.EventEmitter).once("close", resolve);
  });
}

/**
 * Ends a stream when its response is complete, though the client may still be
 * sending (RFC 9113 §8.1); `node:http2` would keep it open until the client ends.
 */
export function endWithResponse({ stream }: Http2ServerResponse): void {
  stream.once("wantTrailers", () => setImmediate(resetOnceSent, stream));
}

function resetOnceSent(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.state.remoteClose === 1) return;
  if (stream.state.localClose === 1) {
    stream.close(constants.NGHTTP2_NO_ERROR);
  } else {
    // A reset would take back trailers that haven't left, and nothing tells when they have.
    setTimeout(resetOnceSent, sentCheckMs, stream).unref();
  }
}
