import { Connection, ErrorCode } from "@privet/http2";
import type {
  ConnectionHandler,
  HeadersKind,
  Limits,
  ReceivedHeaders,
  Stream,
  StreamEnd,
  StreamHandler,
} from "@privet/http2";
import { createCallDispatcher } from "../../../src/call/dispatcher.ts";
import type { CallDispatcher, DispatcherOptions } from "../../../src/call/dispatcher.ts";
import type { Peer } from "../../../src/peer.ts";
import { VirtualTimers } from "./virtual-timers.ts";

/** What was logged: the message, and the error's own. */
export type LogLine = readonly [level: string, message: string, error: unknown];

export type PairOptions = Partial<Omit<DispatcherOptions, "routes" | "timers" | "logger">> & {
  readonly routes: DispatcherOptions["routes"];
  readonly limits?: Partial<Limits>;
  readonly clientLimits?: Partial<Limits>;
};

export const peer: Peer = { address: "memory", httpVersion: "2.0" };

/** A client and a server of the engine, joined without a socket, with the dispatcher behind the server. */
export class Pair {
  readonly timers: VirtualTimers = new VirtualTimers();
  readonly log: LogLine[] = [];
  readonly dispatcher: CallDispatcher;
  readonly client: Connection;
  readonly server: Connection;
  #scheduled = false;
  #cut = false;

  constructor({ limits = {}, clientLimits = {}, ...options }: PairOptions) {
    const line =
      (level: string) =>
      (fields: object, message: string): void => {
        this.log.push([level, message, "err" in fields ? fields.err : undefined]);
      };
    this.dispatcher = createCallDispatcher({
      ...options,
      timers: this.timers,
      logger: { info: line("info"), warn: line("warn"), error: line("error") },
    });
    const { dispatcher } = this;
    const outputReady = (): void => this.#schedule();
    const handler: ConnectionHandler = {
      stream: (stream, headers, endStream) => dispatcher.dispatch(stream, headers, endStream, peer),
      streamTooLarge: (stream, headers, endStream) =>
        dispatcher.dispatchTooLarge(stream, headers, endStream, peer),
      closed: () => {},
      outputReady,
    };
    const time = { now: 0 };
    this.server = new Connection({ role: "server", handler, limits, ...time });
    this.client = new Connection({
      role: "client",
      handler: { closed: () => {}, outputReady },
      limits: clientLimits,
      ...time,
    });
    this.#schedule();
  }

  /** Opens a call; its request goes on with `send()` and `end()`. */
  open(path: string, fields: readonly string[] = [], options: OpenOptions = {}): ClientCall {
    const call = new ClientCall(options.consume ?? true);
    const headers = [
      ":method",
      options.method ?? "POST",
      ":scheme",
      "http",
      ":authority",
      "test.local",
      ":path",
      path,
      ...(options.bare === true
        ? []
        : ["content-type", "application/grpc+proto", "te", "trailers"]),
      ...fields,
    ];
    call.stream = this.client.openStream(headers, call, { endStream: options.endStream === true });
    return call;
  }

  /** The network is gone: nothing more arrives at either end. */
  lose(): void {
    this.#cut = true;
    this.server.receiveEnd(this.timers.now());
    this.client.receiveEnd(this.timers.now());
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => process.nextTick(() => this.#pump()));
  }

  #pump(): void {
    this.#scheduled = false;
    if (this.#cut) return;
    const now = this.timers.now();
    let moved = false;
    for (const [from, to] of [
      [this.client, this.server],
      [this.server, this.client],
    ] as const) {
      const buffers = from.takeOutput();
      for (const buffer of buffers) deliver(to, Uint8Array.from(buffer), now);
      from.written(0, now);
      // As a socket does, whose end has been closed.
      if (from.closed && buffers.length === 0 && !to.closed) to.receiveEnd(now);
      moved ||= buffers.length > 0;
    }
    if (moved) this.#schedule();
  }
}

/** As a socket does that reads into one buffer: what was lent is spoilt after the call. */
function deliver(to: Connection, bytes: Uint8Array, now: number): void {
  for (let at = 0; at < bytes.length;) at += to.receive(bytes.subarray(at), now);
  bytes.fill(0xdd);
}

export interface OpenOptions {
  readonly method?: string;
  /** Without gRPC's own fields. */
  readonly bare?: boolean;
  readonly endStream?: boolean;
  /** False: the client takes no more than its windows. */
  readonly consume?: boolean;
}

/** A call from the client's side, with all that came back. */
export class ClientCall implements StreamHandler {
  stream!: Stream;
  readonly head: [string, string][] = [];
  readonly trailers: [string, string][] = [];
  /** Were headers and trailers one block? */
  trailersOnly = false;
  body: Uint8Array = new Uint8Array(0);
  closedBy: StreamEnd | undefined = undefined;
  /** Resolves when the stream has ended. */
  readonly ended: Promise<this>;
  readonly #resolve: (call: this) => void;
  readonly #consume: boolean;
  #watchers: (() => void)[] = [];

  constructor(consume: boolean) {
    const { promise, resolve } = Promise.withResolvers<this>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#consume = consume;
  }

  send(bytes: Uint8Array): this {
    this.stream.sendData(bytes, false);
    return this;
  }

  end(): this {
    this.stream.sendData(new Uint8Array(0), true);
    return this;
  }

  reset(code: ErrorCode = ErrorCode.CANCEL): this {
    this.stream.reset(code);
    return this;
  }

  /** Resolves as soon as `condition` holds; it is asked whenever something has come. */
  async until(condition: (call: this) => boolean): Promise<this> {
    while (!condition(this)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.push(resolve);
      await promise;
    }
    return this;
  }

  field(name: string): string | undefined {
    return this.head.find((field) => field[0] === name)?.[1];
  }

  /** Of the trailers, or of a Trailers-Only response. */
  trailer(name: string): string | undefined {
    const fields = this.trailersOnly ? this.head : this.trailers;
    return fields.find((field) => field[0] === name)?.[1];
  }

  get status(): string | undefined {
    return this.trailer("grpc-status");
  }

  get message(): string {
    return decodeURIComponent(this.trailer("grpc-message") ?? "");
  }

  /** The messages of the response, cut out of its body, with their flags. */
  get frames(): { flags: number; bytes: Uint8Array }[] {
    const frames = [];
    const { body } = this;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    for (let at = 0; at + 5 <= body.length;) {
      const size = view.getUint32(at + 1);
      frames.push({ flags: body[at] ?? 0, bytes: body.slice(at + 5, at + 5 + size) });
      at += 5 + size;
    }
    return frames;
  }

  // The stream's events

  headers(headers: ReceivedHeaders, kind: HeadersKind, endStream: boolean): void {
    const list = kind === "trailers" ? this.trailers : this.head;
    for (let i = 0; i < headers.count; i++) list.push([headers.name(i), headers.value(i)]);
    if (kind === "final" && endStream) this.trailersOnly = true;
    this.#notify();
  }

  data(bytes: Uint8Array, start: number, end: number): void {
    const body = new Uint8Array(this.body.length + end - start);
    body.set(this.body);
    body.set(bytes.subarray(start, end), this.body.length);
    this.body = body;
    if (this.#consume) this.stream.consume(end - start);
    this.#notify();
  }

  closed(end: StreamEnd): void {
    this.closedBy = end;
    this.#resolve(this);
    this.#notify();
  }

  #notify(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
