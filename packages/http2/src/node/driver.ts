import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ErrorCode } from "../constants.ts";
import { Connection } from "../connection/connection.ts";
import type { ConnectionEnd, ConnectionHandler } from "../connection/handler.ts";
import type { Limits, Role } from "../limits.ts";
import { OutputQueue } from "./output-queue.ts";
import { threadWheel, WheelEntry } from "./timing-wheel.ts";
import type { Expiring, TimingWheel } from "./timing-wheel.ts";
import { threadTurn } from "./turn.ts";
import type { Turn } from "./turn.ts";

/** The application's side of a connection that has a socket: who flushes is settled. */
export type SocketHandler = Omit<ConnectionHandler, "outputReady" | "closed"> &
  Partial<Pick<ConnectionHandler, "closed">>;

/** A connection and its socket. */
export interface SocketConnection {
  /** The engine's: open streams, send, read the counters there. */
  readonly connection: Connection;
  /** For addresses and certificates. Reading, writing or ending it is the driver's alone. */
  readonly socket: Duplex;
  /** Resolves when the connection has ended and its socket is gone. Never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  /** What the socket failed with, such as ECONNRESET. */
  readonly socketError: Error | undefined;
  /** Ends the connection and all its streams without waiting for anything. */
  destroy(): void;
}

export interface DriverOptions {
  /** An open socket, one end of a memory pipe, or any other stream of bytes. */
  readonly socket: Duplex;
  readonly role: Role;
  readonly limits?: Partial<Limits> | undefined;
  readonly observe?: boolean | undefined;
  readonly invalidPreface?: "goaway" | "silence";
  /** Makes the application's side; the connection exists by then, and nothing has been read. */
  readonly handler: (connection: SocketConnection) => SocketHandler;
  /** When the socket was accepted, on the clock of `wheel`. Default: now. */
  readonly since?: number;
  /** Default: those of this thread. */
  readonly wheel?: TimingWheel;
  readonly turn?: Turn;
}

/**
 *     OPEN ──connection closed──▶ FLUSHING ──all written──▶ LINGERING ──peer's FIN, or time──▶ GONE
 *       └───────────────────────── socket lost, at any time ───────────────────────────────────▲
 *
 * FLUSHING and LINGERING take nothing more from the peer. LINGERING has sent
 * FIN, and waits: a socket closed with unread input is reset by the kernel,
 * and the peer could lose the GOAWAY that it has not read yet.
 */
const State = { OPEN: 0, FLUSHING: 1, LINGERING: 2, GONE: 3 } as const;
type State = (typeof State)[keyof typeof State];

/** Input that is still read and dropped after the end; then the peer has to wait for our FIN. */
const MAX_DISCARD = 262_144;

/**
 * The memory of larger chunks is given back as soon as they are read. Left to
 * the garbage collector, which is told of it only by the megabyte, it costs a
 * full collection for every few hundred chunks, and page faults for each.
 */
const SMALLEST_FREED = 4096;

/** Octets written in one turn of the event loop, unless one of the connection's portions is larger. */
const MAX_TURN = 1_048_576;

/** Joins a `Connection` to a socket of Node's. */
export class Driver implements SocketConnection, Expiring {
  readonly connection: Connection;
  readonly socket: Duplex;
  readonly ended: Promise<ConnectionEnd>;
  socketError: Error | undefined = undefined;

  readonly #wheel: TimingWheel;
  readonly #turn: Turn;
  readonly #entry: WheelEntry;
  readonly #output: OutputQueue;
  readonly #flushTask: () => void;
  #resolveEnded: (end: ConnectionEnd) => void;
  #end: ConnectionEnd | undefined = undefined;
  #state: State = State.OPEN;
  #flushScheduled = false;
  /** What the socket had not taken at the end of the last flush. */
  #unsent = 0;
  /** Received and not yet taken by the connection; the socket is paused while there is some. */
  #rest: Uint8Array | undefined = undefined;
  #restScheduled = false;
  #peerEnded = false;
  #discarded = 0;

  constructor(options: DriverOptions) {
    const { socket } = options;
    const { promise, resolve } = Promise.withResolvers<ConnectionEnd>();
    this.socket = socket;
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#wheel = options.wheel ?? threadWheel;
    this.#turn = options.turn ?? threadTurn;
    this.#entry = new WheelEntry(this);
    this.#output = new OutputQueue(socket, () => this.#scheduleFlush());
    this.#flushTask = () => this.#flush();
    const relay = new Relay(
      () => this.#scheduleFlush(),
      (end) => this.#onConnectionClosed(end),
    );
    this.connection = new Connection({
      role: options.role,
      handler: relay,
      now: options.since ?? this.#turn.now(),
      ...(options.limits && { limits: options.limits }),
      ...(options.observe !== undefined && { observe: options.observe }),
      ...(options.invalidPreface && { invalidPreface: options.invalidPreface }),
    });
    relay.connect(options.handler(this));
    this.#listen();
    this.#scheduleFlush();
  }

  /** The peer sent `chunk`. @param shared its memory is used again after this call */
  receive(chunk: Uint8Array, shared: boolean): void {
    if (this.#state !== State.OPEN) {
      this.#discard(chunk.length);
      return;
    }
    if (this.#rest !== undefined) {
      // A TLS socket hands out what it has decrypted, paused or not.
      this.#rest = octetsOf(Buffer.concat([this.#rest, chunk]));
      return;
    }
    const taken = this.connection.receive(chunk, this.#turn.now());
    if (taken < chunk.length && !this.connection.closed) {
      this.#hold(shared ? chunk.slice(taken) : chunk.subarray(taken));
    }
    this.#scheduleFlush();
  }

  /** The deadline that the wheel was given has passed. */
  expire(now: number): void {
    if (this.#state !== State.OPEN) {
      this.socket.destroy();
      return;
    }
    this.#turn.renew(now);
    if (this.connection.nextDeadline() <= now) {
      this.connection.expire(now);
    }
    this.#scheduleFlush();
  }

  destroy(): void {
    if (!this.connection.closed) {
      this.connection.abort(ErrorCode.CANCEL, "destroyed");
    }
    this.socket.destroy();
  }

  #listen(): void {
    const { socket } = this;
    socket.on("data", (chunk: Buffer) => this.#receiveChunk(chunk));
    socket.on("end", () => this.#onPeerEnd());
    socket.on("error", (error) => {
      this.socketError = error;
    });
    socket.once("close", () => this.#onSocketClosed());
    if (socket.destroyed) {
      // Its 'close' may be over.
      process.nextTick(() => this.#onSocketClosed());
    }
  }

  /** What the connection keeps, it has copied; what it left is in `#rest`. */
  #receiveChunk(chunk: Buffer): void {
    this.receive(octetsOf(chunk), false);
    if (this.#rest === undefined && isReadBuffer(this.socket, chunk)) chunk.buffer.transfer(0);
  }

  #hold(rest: Uint8Array): void {
    this.#rest = rest;
    this.socket.pause();
  }

  /** In the next turn, the connection gets what was enough for the last one. */
  #takeRest(): void {
    this.#restScheduled = false;
    const rest = this.#rest;
    if (rest === undefined || this.#state !== State.OPEN) return;
    const taken = this.connection.receive(rest, this.#turn.now());
    if (taken < rest.length && !this.connection.closed) {
      this.#rest = rest.subarray(taken);
    } else {
      this.#rest = undefined;
      if (this.#peerEnded) this.connection.receiveEnd(this.#turn.now());
      this.socket.resume();
    }
    this.#scheduleFlush();
  }

  #onPeerEnd(): void {
    this.#peerEnded = true;
    if (this.#rest !== undefined || this.#state !== State.OPEN) return;
    this.connection.receiveEnd(this.#turn.now());
    this.#scheduleFlush();
  }

  #onConnectionClosed(end: ConnectionEnd): void {
    this.#end = end;
    this.#scheduleFlush();
  }

  #onSocketClosed(): void {
    if (this.#state === State.GONE) return;
    this.#state = State.GONE;
    this.#wheel.cancel(this.#entry);
    this.#rest = undefined;
    this.connection.receiveEnd(this.#turn.now());
    this.#output.clear();
    if (this.#end !== undefined) this.#resolveEnded(this.#end);
  }

  /** One write for all that the turn brings forth, in reads, promises and timers. */
  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#state === State.GONE) return;
    this.#flushScheduled = true;
    this.#turn.atEnd(this.#flushTask);
  }

  #flush(): void {
    this.#flushScheduled = false;
    if (this.#state === State.GONE) return;
    const now = this.#turn.now();
    const progress = this.#output.unsent < this.#unsent;
    let taken = 0;
    let total = 0;
    do {
      // Where there is room again, producers fill it from inside of this call.
      this.connection.written(this.#output.unsent, now);
      taken = this.#output.write(this.connection);
      total += taken;
    } while (taken > 0 && this.#output.unsent === 0 && total < MAX_TURN);
    this.#unsent = this.#output.unsent;
    if (this.#unsent > 0) {
      this.connection.written(this.#unsent, now);
    } else if (taken > 0) {
      // A peer that reads as fast as we write leaves time for the others.
      this.#scheduleFlush();
    }
    if (this.connection.closed) {
      this.#proceedToEnd(now, progress, taken === 0 && this.#unsent === 0);
    } else {
      this.#proceed();
    }
  }

  #proceed(): void {
    const deadline = this.connection.nextDeadline();
    // A deadline that has moved back is found out when the old one comes.
    if (deadline < this.#entry.deadline) {
      this.#wheel.schedule(this.#entry, deadline);
    }
    if (this.#rest !== undefined && !this.#restScheduled && this.connection.readable) {
      this.#restScheduled = true;
      this.#turn.atEnd(() => this.#takeRest());
    }
  }

  #proceedToEnd(now: number, progress: boolean, drained: boolean): void {
    const { limits } = this.connection;
    if (this.#state === State.OPEN) {
      this.#state = State.FLUSHING;
      this.#rest = undefined;
      this.socket.resume();
      this.#wheel.schedule(this.#entry, now + this.#patienceMs());
    }
    if (this.#state !== State.FLUSHING) return;
    if (drained) {
      this.#state = State.LINGERING;
      this.socket.end();
      this.#wheel.schedule(this.#entry, now + limits.closeLingerMs);
    } else if (progress) {
      this.#wheel.schedule(this.#entry, now + this.#patienceMs());
    }
  }

  /** The last responses have time to leave; what a broken or silent peer would get has not. */
  #patienceMs(): number {
    const { limits } = this.connection;
    return this.#endIsGraceful() ? limits.writeProgressMs : limits.closeLingerMs;
  }

  #endIsGraceful(): boolean {
    if (this.#end === undefined) return false;
    const { by, code, token } = this.#end;
    return by !== "transport" && code === ErrorCode.NO_ERROR && token !== "keepalive_timeout";
  }

  #discard(octets: number): void {
    this.#discarded += octets;
    if (this.#discarded > MAX_DISCARD) this.socket.pause();
  }
}

/**
 * The octets of a Buffer, whose own `slice()` would copy nothing: whoever kept
 * a few octets by it would keep the whole chunk.
 */
function octetsOf(chunk: Buffer): Uint8Array {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

/** Did a socket of Node's read `chunk` into memory of its own, in which nothing else lies? */
function isReadBuffer(socket: Duplex, chunk: Buffer): chunk is Buffer<ArrayBuffer> {
  return (
    chunk.length >= SMALLEST_FREED &&
    chunk.length === chunk.buffer.byteLength &&
    socket instanceof Socket
  );
}

/** Hands the engine's calls on to the application, and the two that concern the socket to the driver. */
class Relay implements ConnectionHandler {
  stream?: NonNullable<ConnectionHandler["stream"]>;
  streamTooLarge?: NonNullable<ConnectionHandler["streamTooLarge"]>;
  settings?: NonNullable<ConnectionHandler["settings"]>;
  goaway?: NonNullable<ConnectionHandler["goaway"]>;
  streamsAvailable?: NonNullable<ConnectionHandler["streamsAvailable"]>;
  threw?: NonNullable<ConnectionHandler["threw"]>;
  readonly outputReady: () => void;
  readonly #closed: (end: ConnectionEnd) => void;
  #application: SocketHandler;

  constructor(outputReady: () => void, closed: (end: ConnectionEnd) => void) {
    this.outputReady = outputReady;
    this.#closed = closed;
    this.#application = {};
  }

  /** What the application leaves out must be left out here: the engine acts by it. */
  connect(application: SocketHandler): void {
    this.#application = application;
    if (application.stream) this.stream = application.stream.bind(application);
    if (application.streamTooLarge) {
      this.streamTooLarge = application.streamTooLarge.bind(application);
    }
    if (application.settings) this.settings = application.settings.bind(application);
    if (application.goaway) this.goaway = application.goaway.bind(application);
    if (application.streamsAvailable) {
      this.streamsAvailable = application.streamsAvailable.bind(application);
    }
    if (application.threw) this.threw = application.threw.bind(application);
  }

  closed(end: ConnectionEnd): void {
    this.#closed(end);
    this.#application.closed?.(end);
  }
}
