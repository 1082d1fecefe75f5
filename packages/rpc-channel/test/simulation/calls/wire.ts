import { Connection, ErrorCode } from "@privet/http2";
import type { ConnectionHandler, Limits, Role } from "@privet/http2";
import type { SocketConnection } from "@privet/http2/node";
import type { VirtualTime } from "../../support/virtual-time.ts";

type Arriving = Uint8Array | "FIN";

/** One end of a wire: an engine, and what has come for it. */
class End {
  readonly connection: Connection;
  readonly #wire: Wire;
  readonly #arrived: Arriving[] = [];
  #alarm: { readonly timer: object; readonly at: number } | undefined = undefined;
  #flushing = false;
  #finSent = false;

  constructor(
    wire: Wire,
    role: Role,
    handler: Partial<ConnectionHandler>,
    limits: Partial<Limits>,
  ) {
    this.#wire = wire;
    this.connection = new Connection({
      role,
      handler: { closed: () => {}, ...handler, outputReady: () => this.flushSoon() },
      now: wire.time.now(),
      limits,
      random: wire.random,
    });
    this.flushSoon();
  }

  /** All output of a turn leaves together, when the turn is over. */
  flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#wire.time.defer(() => this.#flush());
  }

  arrive(what: Arriving): void {
    this.#arrived.push(what);
    this.take();
  }

  /** Reads what has come, unless the wire is stalled. */
  take(): void {
    while (!this.#wire.stalled && !this.connection.closed) {
      const next = this.#arrived[0];
      if (next === undefined) break;
      const now = this.#wire.time.now();
      if (next === "FIN") this.connection.receiveEnd(now);
      else {
        const taken = this.connection.receive(next, now);
        if (taken < next.length) {
          this.#arrived[0] = next.subarray(taken);
          this.#wire.time.set(1, () => this.take());
          break;
        }
      }
      this.#arrived.shift();
    }
    this.flushSoon();
  }

  /** The socket has gone. */
  lose(): void {
    this.connection.receiveEnd(this.#wire.time.now());
    this.#disarm();
  }

  #flush(): void {
    this.#flushing = false;
    const { time } = this.#wire;
    const { connection } = this;
    while (connection.outputPending) {
      const octets = Buffer.concat(connection.takeOutput());
      connection.written(0, time.now());
      this.#wire.carry(this, new Uint8Array(octets));
    }
    connection.written(0, time.now());
    if (!connection.closed) {
      this.#arm();
    } else if (!this.#finSent) {
      this.#finSent = true;
      this.#disarm();
      this.#wire.carry(this, "FIN");
    }
  }

  #arm(): void {
    const at = this.connection.nextDeadline();
    if (this.#alarm?.at === at) return;
    this.#disarm();
    if (at === Infinity) return;
    const { time } = this.#wire;
    const timer = time.set(at - time.now(), () => {
      this.#alarm = undefined;
      this.connection.expire(time.now());
      this.flushSoon();
    });
    this.#alarm = { timer, at };
  }

  #disarm(): void {
    if (this.#alarm !== undefined) this.#wire.time.clear(this.#alarm.timer);
    this.#alarm = undefined;
  }
}

export interface WireOptions {
  readonly time: VirtualTime;
  readonly random: () => number;
  /** One way, in milliseconds. */
  readonly latencyMs: number;
  readonly address: string;
  readonly client: {
    readonly handler: Partial<ConnectionHandler>;
    readonly limits: Partial<Limits>;
  };
  readonly server: {
    readonly handler: Partial<ConnectionHandler>;
    readonly limits: Partial<Limits>;
  };
}

/** A client's and a server's engine, joined in virtual time as by TCP: in order, whole, or not at all. */
export class Wire implements SocketConnection {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly address: string;
  readonly ended: SocketConnection["ended"] = new Promise(() => {});
  /** Nothing has a say in whether the process lives. */
  readonly socket: SocketConnection["socket"] = {} as SocketConnection["socket"];
  socketError: Error | undefined = undefined;
  /** What was sent on it may never have come: it has been cut or stalled. */
  lossy = false;
  #stalled = false;
  readonly #latencyMs: number;
  readonly #client: End;
  readonly #server: End;
  #cut = false;

  constructor(options: WireOptions) {
    const { time, random, latencyMs, client, server, address } = options;
    this.time = time;
    this.random = random;
    this.address = address;
    this.#latencyMs = latencyMs;
    this.#client = new End(this, "client", client.handler, client.limits);
    this.#server = new End(this, "server", server.handler, server.limits);
  }

  /** The client's. */
  get connection(): Connection {
    return this.#client.connection;
  }

  get server(): Connection {
    return this.#server.connection;
  }

  get open(): boolean {
    return !this.#client.connection.closed || !this.#server.connection.closed;
  }

  destroy(): void {
    this.connection.abort(ErrorCode.CANCEL, "destroyed");
  }

  /** RST of TCP: what was on its way is lost, and both ends know it. */
  cut(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.lossy = true;
    this.socketError = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    this.#client.lose();
    this.#server.lose();
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Nothing arrives any more, and nobody is told. */
  stall(): void {
    this.#stalled = true;
    this.lossy = true;
  }

  /** What was held back arrives. */
  resume(): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#client.take();
    this.#server.take();
  }

  carry(from: End, what: Arriving): void {
    const to = from === this.#client ? this.#server : this.#client;
    this.time.set(this.#latencyMs, () => {
      if (!this.#cut) to.arrive(what);
    });
  }
}
