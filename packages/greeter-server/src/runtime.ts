import {
  Code,
  ConnectError,
  createContextKey,
  createContextValues,
  type ConnectRouter,
  type Interceptor,
} from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { Http2ServerResponse, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { Address } from "./address.ts";

/** What serves the routes: everything the process needs to know of HTTP/2. */
export interface Runtime {
  /**
   * Accepts connections at `address`, and answers where that is.
   *
   * @throws Error with the system's `code`, such as EADDRINUSE
   */
  listen(address: Address): Promise<Address>;
  /**
   * Accepts nothing new, lets open calls end for `graceMs` milliseconds, and
   * ends those still open with UNAVAILABLE.
   *
   * @returns how many calls were ended so
   */
  drain(graceMs: number): Promise<number>;
}

/** The greatest request message, in bytes; a greater one is RESOURCE_EXHAUSTED. */
const readMaxBytes = 4 * 1024 * 1024;

/** How long a peer may take to acknowledge that the connection will end. */
const announceMs = 1_000;

/** How long the last answers may take to leave when the grace is over. */
const cutMs = 500;

/** How often to look whether a response has left. */
const sentCheckMs = 5;

/** The highest stream there can be: no call in flight is refused yet (RFC 9113 §6.8). */
const everyStream = 2 ** 31 - 1;

/** Serves over HTTP/2 without TLS, with `node:http2`. HTTP/1.1 isn't spoken. */
export function createRuntime(
  routes: (router: ConnectRouter) => void,
  interceptors: readonly Interceptor[] = [],
): Runtime {
  const shutdown = new AbortController();
  const sessions = new Map<ServerHttp2Session, Set<ServerHttp2Stream>>();
  const handle = connectNodeAdapter({
    routes,
    readMaxBytes,
    shutdownSignal: shutdown.signal,
    contextValues: (request) =>
      createContextValues().set(isCut, () => "stream" in request && request.stream.aborted),
    interceptors: [...interceptors, refuseCutUploads],
  });
  const server = createServer((request, response) => {
    endWithResponse(response);
    try {
      handle(request, response);
    } catch {
      // The adapter throws where it can't make a URL of the request.
      response.writeHead(400).end();
    }
  });
  server.on("session", (session) => {
    const open = new Set<ServerHttp2Stream>();
    sessions.set(session, open);
    session.once("close", () => sessions.delete(session));
    session.on("stream", (stream) => {
      open.add(stream);
      stream.once("close", () => open.delete(stream));
    });
  });

  return {
    async listen({ host, port }) {
      server.listen({ host, port });
      await once(server, "listening");
      const bound = server.address() as AddressInfo;
      return { host: bound.address, port: bound.port };
    },
    async drain(graceMs) {
      const graceEndsAt = performance.now() + graceMs;
      const announced = Promise.all(
        [...sessions].map(([session, open]) => announce(session, open)),
      );
      await within(Math.min(announceMs, graceMs), announced);
      const closed = Promise.all([...sessions.keys()].map(hasClosed));
      server.close();
      await within(graceEndsAt - performance.now(), closed);
      const cut = [...sessions.values()].reduce((sum, open) => sum + open.size, 0);
      shutdown.abort(new ConnectError("the server is shutting down", Code.Unavailable));
      if (sessions.size > 0) await within(cutMs, closed);
      for (const session of sessions.keys()) session.destroy();
      return cut;
    },
  };
}

/** Resolves with `work`, or when `ms` milliseconds are over. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, delay(Math.max(ms, 0), undefined, { signal: done.signal })]);
  done.abort();
}

/**
 * Says that a connection will end, while a call already on its way is still
 * served (RFC 9113 §6.8), and resolves when the peer has read it. Without an
 * open stream node:http2 reads no more once it has sent a GOAWAY: then only the
 * last GOAWAY tells the truth about calls on their way, and this one isn't sent.
 */
async function announce(
  session: ServerHttp2Session,
  open: ReadonlySet<ServerHttp2Stream>,
): Promise<void> {
  if (session.closed || session.destroyed || open.size === 0) return;
  session.goaway(constants.NGHTTP2_NO_ERROR, everyStream);
  const acknowledged = new Promise<void>((resolve) => {
    session.ping(() => resolve());
  });
  const idle = Promise.all([...open].map(hasClosed));
  await Promise.race([acknowledged, idle, hasClosed(session)]);
}

function hasClosed(closing: ServerHttp2Session | ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    (closing as NodeJS.EventEmitter).once("close", resolve);
  });
}

/**
 * Ends a stream when its response is complete, though the client may still be
 * sending (RFC 9113 §8.1); node:http2 would keep it open until the client ends.
 */
function endWithResponse({ stream }: Http2ServerResponse): void {
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

/** Has the client cut its request off? */
const isCut = createContextKey<() => boolean>(() => false);

/**
 * The adapter ends the messages of a cancelled call as it ends those of a
 * complete one, and aborts the signal only later; here they end with CANCELED.
 */
const refuseCutUploads: Interceptor = (next) => (request) =>
  request.stream
    ? next({
        ...request,
        message: throwIfCut(request.message, request.contextValues.get(isCut)),
      })
    : next(request);

async function* throwIfCut<T>(messages: AsyncIterable<T>, cut: () => boolean): AsyncGenerator<T> {
  yield* messages;
  // A node:http2 client that cancels sends END_STREAM, and RST_STREAM right behind it.
  await nextTurn();
  if (cut()) throw new ConnectError("the client cancelled the call", Code.Canceled);
}
