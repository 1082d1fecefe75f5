import { constants } from "node:http2";
import type { Http2ServerResponse, ServerHttp2Session, ServerHttp2Stream } from "node:http2";

/** The highest stream there can be: no call in flight is refused yet (RFC 9113 §6.8). */
const everyStream = 2 ** 31 - 1;

/** How long a peer may take to acknowledge that the connection will end, in ms. */
const announceMs = 1000;

/** How often to look whether a response has left, in ms. */
const sentCheckMs = 5;

/** Says that the connection will end, and resolves when the peer must have read it. */
export async function announceEnd(session: ServerHttp2Session): Promise<void> {
  if (session.closed || session.destroyed) return;
  session.goaway(constants.NGHTTP2_NO_ERROR, everyStream);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, announceMs).unref();
    const done = (): void => {
      clearTimeout(timer);
      session.removeListener("close", done);
      resolve();
    };
    session.ping(done);
    session.once("close", done);
  });
}

export async function hasClosed(session: ServerHttp2Session): Promise<void> {
  if (session.destroyed) return;
  await new Promise<void>((resolve) => {
    session.once("close", resolve);
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
