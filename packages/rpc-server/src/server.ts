import type { Duplex } from "node:stream";
import { Drain } from "./drain.ts";
import { parseAddress } from "./port/address.ts";
import { PortOpener } from "./port/port-opener.ts";
import type { Engine } from "./port/port-opener.ts";
import type { Port } from "./port/port.ts";
import type { ServerOptions } from "./server-options.ts";
import type { ServerCredentials } from "./tls/credentials.ts";

/** A server: add ports, start, stop. */
export interface Server {
  /**
   * Listens without TLS.
   *
   * @param address `host:port`, `[::1]:port`, `:port` (all addresses, IPv6 and
   *   IPv4), `unix:path` or `unix:///path`; port 0 lets the system choose
   * @returns the bound port; 0 for a unix socket
   * @throws TypeError for what is no address
   * @throws Error with the system's `code`, such as EADDRINUSE
   * @throws Error once the server stops
   */
  addInsecurePort(address: string, options?: PortOptions): Promise<number>;
  /** Listens with TLS; else as `addInsecurePort`. @throws Error for certificates that can't be used */
  addSecurePort(
    address: string,
    credentials: ServerCredentials,
    options?: PortOptions,
  ): Promise<number>;
  /** Takes connections that are made in this process, without a network. @throws Error once the server stops */
  addInMemoryPort(): InMemoryPort;
  /** Begins to serve. Until then, connections are accepted and calls are refused. @throws Error once the server stops */
  start(): Promise<void>;
  /**
   * Stops: health becomes NOT_SERVING, no connection and no call is accepted
   * any more, and those that are open have `graceMs` to end. Then signals of
   * implementations abort with UNAVAILABLE, and half a second later what is
   * left is cut off. May be called again, to shorten the grace.
   *
   * @returns when all connections have ended
   */
  stop(options?: StopOptions): Promise<void>;
  /** Resolves when the server has stopped. */
  readonly terminated: Promise<void>;
}

export interface StopOptions {
  /** In ms. Default 0. */
  readonly graceMs?: number;
}

export interface PortOptions {
  /**
   * What speaks HTTP/2: `privet`, or Node's own `node:http2` with Connect's
   * stock adapter, to step back to. Default `privet`.
   */
  readonly engine?: Engine;
  /**
   * Lets other processes and threads listen on the same port; the kernel
   * spreads connections over them. Not with `engine: "node"`. Default false.
   */
  readonly reusePort?: boolean;
}

/** Where connections are made without a network. */
export interface InMemoryPort {
  /**
   * Opens a connection to the server.
   *
   * @returns the client's end, a stream of bytes, on which HTTP/2 is spoken
   * @throws Error once the server stops
   */
  connect(): Duplex;
}

/**
 * Creates a server. Nothing is opened before a port is added.
 *
 * @throws what the routes throw, and TypeError for options that contradict each other
 */
export function createServer(options: ServerOptions): Server {
  return new PortServer(options);
}

/** NEW refuses calls; SERVING takes them; STOPPING lets those that are open end. */
type State = "NEW" | "SERVING" | "STOPPING";

class PortServer implements Server {
  readonly terminated: Promise<void>;
  readonly #terminate: () => void;
  readonly #health: ServerOptions["health"];
  readonly #shutdown: AbortController = new AbortController();
  readonly #opener: PortOpener;
  readonly #ports: Port[] = [];
  #state: State = "NEW";
  #drain: Drain | undefined = undefined;

  constructor(options: ServerOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.terminated = promise;
    this.#terminate = resolve;
    this.#health = options.health;
    this.#opener = new PortOpener(options, this.#shutdown.signal, () => this.#state !== "NEW");
  }

  addInsecurePort(address: string, options: PortOptions = {}): Promise<number> {
    return this.#open(address, undefined, options);
  }

  addSecurePort(
    address: string,
    credentials: ServerCredentials,
    options: PortOptions = {},
  ): Promise<number> {
    return this.#open(address, credentials, options);
  }

  addInMemoryPort(): InMemoryPort {
    this.#assertNotStopping();
    const port = this.#opener.openMemory();
    this.#ports.push(port);
    return port;
  }

  async start(): Promise<void> {
    this.#assertNotStopping();
    this.#state = "SERVING";
  }

  async stop({ graceMs = 0 }: StopOptions = {}): Promise<void> {
    this.#drain ??= this.#beginDrain();
    this.#drain.limit(graceMs);
    await this.terminated;
  }

  #beginDrain(): Drain {
    this.#state = "STOPPING";
    // Whoever watches learns it before the connection says that it will end.
    this.#health?.shutdown();
    const { timers, logger } = this.#opener;
    const drain = new Drain({
      ports: this.#ports,
      shutdown: this.#shutdown,
      cancelAll: (error) => this.#opener.cancelAll(error),
      timers,
      logger,
    });
    void drain.over.then(this.#terminate);
    return drain;
  }

  async #open(
    text: string,
    credentials: ServerCredentials | undefined,
    { engine = "privet", reusePort = false }: PortOptions,
  ): Promise<number> {
    this.#assertNotStopping();
    const port = await this.#opener.open(parseAddress(text), credentials, engine, reusePort);
    if (this.#state === "STOPPING") await port.destroy();
    this.#assertNotStopping();
    this.#ports.push(port);
    return port.number;
  }

  #assertNotStopping(): void {
    if (this.#state === "STOPPING") throw new Error("the server has been stopped");
  }
}
