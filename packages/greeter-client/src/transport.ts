import { constants } from "node:http2";
import type { ClientHttp2Stream, Http2Session } from "node:http2";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { parseAddress } from "./address.ts";

/** A Connect transport that holds a connection, until it is closed. */
export interface GreeterTransport extends Transport {
  /** Ends the connection; a call that is still open ends with CANCELLED. */
  close(): void;
}

export interface TransportOptions {
  /** So many milliseconds may pass until a connection stands, name look-up included. Default 20,000, as in gRPC. */
  readonly connectTimeoutMs?: number;
  /** See every call before it is sent; the first is the outermost. Default: none. */
  readonly interceptors?: readonly Interceptor[];
}

/**
 * Speaks gRPC over HTTP/2 in plain text to the server at `address`:
 * "localhost:50051", "[::1]:50051" or "http://localhost:50051". It connects
 * with the first call, and again where the connection was lost.
 *
 * @throws TypeError where `address` is none of these
 */
export function createTransport(address: string, options: TransportOptions = {}): GreeterTransport {
  const parsed = parseAddress(address);
  if (typeof parsed === "string") {
    throw new TypeError(`«${address}» is not an address such as "localhost:50051" (${parsed})`);
  }
  const sessions = new Sessions(parsed.url, options.connectTimeoutMs ?? 20_000);
  const stock = createGrpcTransport({
    baseUrl: parsed.url,
    sessionManager: sessions,
    interceptors: [...(options.interceptors ?? []), mendErrors(sessions)],
  });
  return {
    unary: (method, signal, timeoutMs, ...rest) =>
      stock.unary(method, signal, wholeMs(timeoutMs), ...rest),
    stream: (method, signal, timeoutMs, ...rest) =>
      stock.stream(method, signal, wholeMs(timeoutMs), ...rest),
    close: () => sessions.close(),
  };
}

/** connect-node writes a fraction into grpc-timeout, which takes whole numbers alone. */
function wholeMs(timeoutMs: number | undefined): number | undefined {
  return timeoutMs === undefined ? undefined : Math.ceil(timeoutMs);
}

/** connect-node's connections, and what it leaves open in them. */
class Sessions extends Http2SessionManager {
  readonly #live = new Set<Http2Session>();
  /** Has the server ever sent its SETTINGS? What never does isn't HTTP/2. */
  spoken = false;
  closed = false;

  constructor(url: string, connectTimeoutMs: number) {
    super(url, {}, { createConnection: (authority) => dial(authority, connectTimeoutMs) });
  }

  get connected(): boolean {
    return [...this.#live].some((session) => !session.destroyed);
  }

  override async request(
    ...args: Parameters<Http2SessionManager["request"]>
  ): Promise<ClientHttp2Stream> {
    if (this.closed) {
      throw new ConnectError("the transport is closed", Code.Canceled);
    }
    const stream = await super.request(...args);
    settleOnClose(stream);
    cancelOnly(stream);
    if (stream.session !== undefined && !this.#live.has(stream.session)) {
      this.#watch(stream.session);
    }
    return stream;
  }

  #watch(session: Http2Session): void {
    this.#live.add(session);
    session.once("remoteSettings", () => (this.spoken = true));
    session.once("close", () => this.#live.delete(session));
    // The manager takes its listener off a connection that it gives up; the
    // error that comes after would end the process. Calls have settled by then.
    session.on("error", () => {});
  }

  close(): void {
    this.closed = true;
    // RST_STREAM of a call that has just been cancelled leaves in this turn.
    setImmediate(() => {
      if (this.state() !== "idle") {
        this.abort(new ConnectError("the transport was closed", Code.Canceled));
      }
      for (const session of this.#live) {
        session.close();
      }
    });
  }
}

/** Without the limit, a host that drops packets would hold a call without a deadline for minutes. */
function dial({ hostname, port }: URL, timeoutMs: number): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({ host, port: port === "" ? 80 : Number(port) });
  const timer = setTimeout(() => {
    const error = new Error(`no connection after ${timeoutMs} ms`);
    socket.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  }, timeoutMs);
  for (const event of ["connect", "close"]) {
    socket.once(event, () => clearTimeout(timer));
  }
  return socket;
}

/** RST_STREAM with NO_ERROR before the headers (RFC 9113 section 8.1) would leave the call open for ever. */
function settleOnClose(stream: ClientHttp2Stream): void {
  let answered = false;
  stream.once("response", () => (answered = true));
  stream.once("close", () => {
    if (!answered && stream.rstCode === constants.NGHTTP2_NO_ERROR) {
      stream.emit("error", lost("ECONNRESET", "the server closed the stream without an answer"));
    }
  });
}

/**
 * A client gives a call up with CANCEL (gRPC over HTTP/2, "Errors");
 * connect-node says INTERNAL_ERROR at a deadline. And Node ends the request
 * before it resets the stream, so that a cancelled upload would reach the
 * server as a complete one.
 */
function cancelOnly(stream: ClientHttp2Stream): void {
  const close = stream.close.bind(stream);
  stream.close = (_, callback) => {
    stream._final = (done) => done();
    close(constants.NGHTTP2_CANCEL, callback);
  };
}

/**
 * A connection that can't be made or breaks is UNAVAILABLE in gRPC, where
 * connect-node answers INTERNAL, ABORTED or CANCELLED. The cause keeps a system
 * error's `code`: EPROTO where the server doesn't speak HTTP/2.
 */
function mendErrors(sessions: Sessions): Interceptor {
  return (next) => async (request) => {
    const deadline = deadlineOf(request.header);
    const mend = (error: unknown): unknown => {
      if (request.signal.aborted || sessions.closed) return error;
      return isReset(error) && performance.now() >= deadline
        ? new ConnectError("the operation timed out", Code.DeadlineExceeded)
        : mended(error, sessions);
    };
    try {
      const response = await next(request);
      return response.stream
        ? { ...response, message: mendedStream(response.message, mend) }
        : response;
    } catch (error) {
      throw mend(error);
    }
  };
}

/** When the call must be over, as `performance.now()` counts; connect-node writes milliseconds. */
function deadlineOf(header: Headers): number {
  const timeout = header.get("grpc-timeout");
  return timeout === null ? Infinity : performance.now() + Number.parseInt(timeout, 10);
}

/**
 * Was the stream reset with CANCEL? A server does so at the deadline too (gRPC
 * over HTTP/2, "Errors"), and may be there before our own timer.
 */
function isReset(error: unknown): boolean {
  return ConnectError.from(error).rawMessage === cancelled;
}

const cancelled = "http/2 stream closed with error code CANCEL (0x8)";

async function* mendedStream<T>(
  messages: AsyncIterable<T>,
  mend: (error: unknown) => unknown,
): AsyncGenerator<T, void> {
  try {
    yield* messages;
  } catch (error) {
    throw mend(error);
  }
}

const unreachable: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EHOSTUNREACH", "ENETUNREACH"]);
const broken: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_ERROR",
  "ERR_HTTP2_INVALID_SESSION",
  "ERR_HTTP2_SESSION_ERROR",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

function mended(error: unknown, { connected, spoken }: Sessions): unknown {
  const failure = ConnectError.from(error);
  const { code } = (failure.cause ?? {}) as { code?: unknown };
  if (typeof code === "string" && unreachable.has(code)) {
    return new ConnectError(failure.rawMessage, Code.Unavailable, undefined, undefined, error);
  }
  // Node cancels the streams of a connection that its peer has closed, and
  // connect-node takes that for a cancelled call.
  const cut = !connected && failure.rawMessage === cancelled;
  if (cut || (typeof code === "string" && broken.has(code))) {
    return spoken
      ? lost("ECONNRESET", "the connection broke before the call was over")
      : lost("EPROTO", "the server doesn't speak HTTP/2 in plain text");
  }
  return error;
}

function lost(code: string, message: string): ConnectError {
  const cause = Object.assign(new Error(message), { code });
  return new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
}
