import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { CLIENT_PREFACE, FrameType } from "../../../src/constants.ts";
import { ping, preface, settings, settingsAck } from "../../testkit/frames.ts";
import { PLENTY } from "./blocks.ts";

/** A frame that came from the victim. */
export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** GOAWAY, taken apart (RFC 9113 §6.8). */
export interface SeenGoaway {
  readonly lastStreamId: number;
  readonly code: number;
  readonly debug: string;
}

const ACK = 0x1;
/** How long any wait for the victim may take before it counts as hanging. */
const PATIENCE_MS = 10_000;
/** Bytes in one write of a flood. */
const BATCH = 65_536;

/**
 * One end of an HTTP/2 connection that sends what it is told and nothing
 * else, except that it acknowledges SETTINGS where it is asked to.
 */
export class RawPeer implements AsyncDisposable {
  readonly socket: Socket;
  /** The socket's two ports, which outlive it here. */
  readonly localPort: number;
  readonly remotePort: number;
  /** Counted by type. */
  readonly counts: Map<number, number> = new Map();
  /** Answers to our PINGs. */
  pongs = 0;
  goaway: SeenGoaway | undefined = undefined;
  /** RST_STREAM frames by error code. */
  readonly resets: Map<number, number> = new Map();
  /** Called with each frame as it comes. */
  onFrame: ((seen: SeenFrame) => void) | undefined = undefined;
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  readonly #acknowledge: boolean;
  #carry: Buffer = Buffer.alloc(0);
  #prefaceLeft: number;
  #pings = 0;
  readonly #watchers = new Set<() => void>();

  constructor(
    socket: Socket,
    options: { readonly fromClient: boolean; readonly acknowledge: boolean },
  ) {
    this.socket = socket;
    this.localPort = socket.localPort ?? -1;
    this.remotePort = socket.remotePort ?? -1;
    this.#acknowledge = options.acknowledge;
    this.#prefaceLeft = options.fromClient ? CLIENT_PREFACE.length : 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    // A reset is one of the ways in which a victim may end it.
    socket.on("error", () => {});
    // What is still on its way to a victim that has closed is of no use to anybody.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      resolve();
      this.#notify();
    });
  }

  /** True when the victim sends nothing any more. */
  get over(): boolean {
    return this.socket.destroyed || this.socket.readableEnded;
  }

  send(...parts: readonly Uint8Array[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(parts));
  }

  /**
   * Sends `unit(0)`, `unit(1)` … as fast as the victim reads, until `count`
   * are out or the connection is over.
   *
   * @returns how many units were written
   */
  async pour(count: number, unit: (index: number) => Uint8Array): Promise<number> {
    let index = 0;
    while (index < count && this.socket.writable && this.goaway === undefined) {
      const batch: Uint8Array[] = [];
      for (let size = 0; size < BATCH && index < count; index++) {
        const bytes = unit(index);
        size += bytes.length;
        batch.push(bytes);
      }
      const taken = this.socket.write(Buffer.concat(batch));
      if (!taken) await this.#drained();
      else await new Promise(setImmediate);
    }
    return index;
  }

  /** Resolves when the victim has answered a PING sent now: it has seen everything before it. */
  async settle(): Promise<void> {
    const acks = ++this.#pings;
    this.send(ping());
    await this.until(() => this.pongs >= acks, "the answer to a PING");
  }

  /**
   * Waits until `condition` holds; looks again after each chunk.
   *
   * @throws Error when the connection is over, or ten seconds have passed, without it
   */
  async until(condition: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition()) resolve();
      else if (this.socket.destroyed) reject(new Error(`the connection ended without ${what}`));
    };
    const timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), PATIENCE_MS);
    this.#watchers.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Waits until the victim has closed the connection. */
  ended(): Promise<void> {
    return this.until(() => this.over, "its end");
  }

  count(type: number): number {
    return this.counts.get(type) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  async #drained(): Promise<void> {
    if (this.socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.once("drain", resolve);
    await Promise.race([promise, this.closed]);
    this.socket.removeListener("drain", resolve);
  }

  #receive(chunk: Buffer): void {
    const skipped = Math.min(this.#prefaceLeft, chunk.length);
    this.#prefaceLeft -= skipped;
    const bytes = Buffer.concat([this.#carry, chunk.subarray(skipped)]);
    let at = 0;
    while (bytes.length - at >= 9) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes.length - at - 9 < length) break;
      this.#see({
        type: bytes.readUInt8(at + 3),
        flags: bytes.readUInt8(at + 4),
        streamId: bytes.readUInt32BE(at + 5) & 0x7fffffff,
        payload: bytes.subarray(at + 9, at + 9 + length),
      });
      at += 9 + length;
    }
    this.#carry = bytes.subarray(at);
    this.#notify();
  }

  #see(seen: SeenFrame): void {
    const { type, flags, payload } = seen;
    this.counts.set(type, this.count(type) + 1);
    if (type === FrameType.GOAWAY) {
      this.goaway = {
        lastStreamId: payload.readUInt32BE(0),
        code: payload.readUInt32BE(4),
        debug: payload.toString("latin1", 8),
      };
    } else if (type === FrameType.RST_STREAM) {
      const code = payload.readUInt32BE(0);
      this.resets.set(code, (this.resets.get(code) ?? 0) + 1);
    } else if (type === FrameType.PING && (flags & ACK) !== 0) {
      this.pongs += 1;
    } else if (type === FrameType.SETTINGS && (flags & ACK) === 0 && this.#acknowledge) {
      this.send(settingsAck());
    }
    this.onFrame?.(seen);
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Connects to a victim that serves, and lets it send what it likes: preface, SETTINGS and credit are out, its SETTINGS are here. */
export async function attackServer(
  port: number,
  options: { readonly acknowledge?: boolean } = {},
): Promise<RawPeer> {
  const peer = await dial(port, options);
  peer.send(preface, settings(), PLENTY);
  await peer.until(() => peer.count(FrameType.SETTINGS) > 0, "the server's SETTINGS");
  return peer;
}

/** Connects and sends nothing. */
export async function dial(
  port: number,
  options: { readonly acknowledge?: boolean } = {},
): Promise<RawPeer> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return new RawPeer(socket, { fromClient: false, acknowledge: options.acknowledge ?? true });
}

/** A server that attacks its clients, or plays the honest one beside. */
export class RawServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  /** All that ever connected. */
  readonly #peers: RawPeer[] = [];
  /** Those that nobody has asked for yet. */
  readonly #unclaimed: RawPeer[] = [];
  readonly #arrivals: ((peer: RawPeer) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      const peer = new RawPeer(socket, { fromClient: true, acknowledge: true });
      this.#peers.push(peer);
      const waiting = this.#arrivals.shift();
      if (waiting === undefined) this.#unclaimed.push(peer);
      else waiting(peer);
    });
  }

  static async listen(): Promise<RawServer> {
    const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RawServer(server);
  }

  /** The next client that connects. */
  next(): Promise<RawPeer> {
    const peer = this.#unclaimed.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.#arrivals.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
