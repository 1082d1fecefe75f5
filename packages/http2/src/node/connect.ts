import { connect as connectPlain } from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions, TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";
import type { RemoteSettings } from "../connection/handler.ts";
import type { Limits } from "../limits.ts";
import { ConnectFailure } from "./connect-failure.ts";
import { Driver } from "./driver.ts";
import type { SocketConnection, SocketHandler } from "./driver.ts";
import { CIPHERS, SOCKET_OPTIONS } from "./socket-options.ts";
import { threadWheel, WheelEntry } from "./timing-wheel.ts";
import type { Expiring } from "./timing-wheel.ts";

export interface ConnectOptions {
  /** One of `port`, `path` and `socket` is needed. */
  readonly port?: number;
  /** Default: localhost. */
  readonly host?: string;
  /** A unix socket, instead of `host` and `port`. */
  readonly path?: string;
  /** An open stream of bytes instead, such as one end of `memoryPipe()`. */
  readonly socket?: Duplex;
  /** Trust, identity and server name, for TLS. Without it: plain TCP (h2c with prior knowledge). */
  readonly tls?: ClientTls;
  /** The application's side. Default: none. */
  readonly handler?: Omit<SocketHandler, "stream" | "streamTooLarge">;
  /** Until the server's SETTINGS are here, in ms. Default 20,000. */
  readonly timeoutMs?: number;
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** Laid over `defaultLimits("client")`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
}

/** Options of `node:tls` but those that HTTP/2 and `connect()` settle. */
export type ClientTls = Omit<
  TlsConnectionOptions,
  "ALPNProtocols" | "host" | "port" | "path" | "socket" | "onread" | "allowHalfOpen" | "timeout"
>;

/**
 * Opens a connection; resolves when the server's SETTINGS are in force.
 *
 * @throws ConnectFailure when the server can't be reached, doesn't speak HTTP/2, or time is up
 * @throws the signal's reason when it is aborted
 */
export async function connect(options: ConnectOptions): Promise<SocketConnection> {
  const places = [options.port, options.path, options.socket];
  if (places.filter((place) => place !== undefined).length !== 1) {
    throw new TypeError("connect() needs one of port, path and socket");
  }
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    new Attempt(options, resolve, reject).start();
  });
}

/** What onread reads into, for all connections of this thread: each octet that is kept is copied. */
let readBuffer: Uint8Array | undefined;
const READ_BUFFER_SIZE = 65_536;

/** One try. It ends once, with `resolve` or with `reject`. */
class Attempt implements Expiring {
  readonly #options: ConnectOptions;
  readonly #resolve: (connection: SocketConnection) => void;
  readonly #reject: (error: unknown) => void;
  readonly #entry: WheelEntry = new WheelEntry(this);
  readonly #onAbort = (): void => this.#fail(this.#options.signal?.reason);
  readonly #onError = (error: Error): void => this.#fail(unreachable(error));
  readonly #onClose = (): void =>
    this.#fail(new ConnectFailure("closed", "the server closed the connection"));
  #socket: Duplex | undefined = undefined;
  #driver: Driver | undefined = undefined;
  #settled = false;

  constructor(
    options: ConnectOptions,
    resolve: (connection: SocketConnection) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal, timeoutMs = 20_000 } = this.#options;
    threadWheel.schedule(this.#entry, threadWheel.clock.now() + timeoutMs);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    const socket = this.#dial();
    this.#socket = socket;
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  expire(): void {
    const { timeoutMs = 20_000 } = this.#options;
    const where = this.#driver === undefined ? "no connection" : "no SETTINGS of the server";
    this.#fail(new ConnectFailure("timeout", `${where} within ${Math.round(timeoutMs)} ms`));
  }

  #dial(): Duplex {
    const { socket, tls, host, port, path } = this.#options;
    if (socket !== undefined) {
      process.nextTick(() => this.#drive(socket));
      return socket;
    }
    const place = path === undefined ? { port: port ?? 0, ...(host && { host }) } : { path };
    const onread = {
      buffer: (readBuffer ??= new Uint8Array(READ_BUFFER_SIZE)),
      callback: (size: number, buffer: Uint8Array): boolean => {
        this.#driver?.receive(buffer.subarray(0, size), true);
        return true;
      },
    };
    if (tls === undefined) {
      const plain: Socket = connectPlain({ ...SOCKET_OPTIONS, ...place, onread });
      plain.once("connect", () => this.#drive(plain));
      return plain;
    }
    // Node hands every option of `net.connect()` on; the types of `tls.connect()` don't say so.
    const options: TlsConnectionOptions & NetConnectOpts = {
      ciphers: CIPHERS,
      minVersion: "TLSv1.2",
      ...tls,
      ...SOCKET_OPTIONS,
      ...place,
      onread,
      ALPNProtocols: ["h2"],
    };
    const secure: TLSSocket = connectTls(options);
    secure.once("secureConnect", () => this.#checkProtocol(secure));
    return secure;
  }

  /** Without ALPN's "h2", the server may take our preface for anything (RFC 9113 §3.2). */
  #checkProtocol(socket: TLSSocket): void {
    if (socket.alpnProtocol === "h2") {
      this.#drive(socket);
      return;
    }
    const chosen = socket.alpnProtocol || "nothing";
    this.#fail(new ConnectFailure("no_http2", `the server's ALPN chose ${chosen}, not h2`));
  }

  #drive(socket: Duplex): void {
    if (this.#settled) return;
    const { limits, observe } = this.#options;
    this.#driver = new Driver({
      socket,
      role: "client",
      limits,
      observe,
      handler: () => this.#handler(),
    });
  }

  /** The application's handler, which also tells us of the first SETTINGS. */
  #handler(): SocketHandler {
    const { handler = {} } = this.#options;
    return {
      settings: (remote: RemoteSettings) => {
        this.#succeed();
        handler.settings?.(remote);
      },
      goaway: (lastStreamId, code, debug) => handler.goaway?.(lastStreamId, code, debug),
      streamsAvailable: (count) => handler.streamsAvailable?.(count),
      threw: (error) => handler.threw?.(error),
      closed: (end) => {
        if (!this.#settled) {
          this.#fail(
            new ConnectFailure("closed", `the connection ended before SETTINGS: ${end.token}`),
          );
        } else {
          handler.closed?.(end);
        }
      },
    };
  }

  #succeed(): void {
    if (this.#settled || this.#driver === undefined) return;
    this.#settle();
    this.#resolve(this.#driver);
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#socket?.on("error", () => {});
    this.#driver?.destroy();
    this.#socket?.destroy();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    threadWheel.cancel(this.#entry);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#socket?.removeListener("error", this.#onError);
    this.#socket?.removeListener("close", this.#onClose);
  }
}

function unreachable(error: Error): ConnectFailure {
  return new ConnectFailure("unreachable", error.message, error);
}
