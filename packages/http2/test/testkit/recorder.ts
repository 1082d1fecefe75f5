import type {
  ConnectionEnd,
  ConnectionHandler,
  HeadersKind,
  ReceivedHeaders,
  Stream,
  StreamEnd,
  StreamHandler,
} from "../../src/index.ts";

/** What a handler was told, as a plain object. */
export type Event =
  | { on: "request"; id: number; fields: readonly string[]; end: boolean }
  | { on: "tooLarge"; id: number }
  | { on: HeadersKind; id: number; fields: readonly string[]; end: boolean }
  | { on: "data"; id: number; text: string; end: boolean }
  | { on: "writable"; id: number; credit: number }
  | ({ on: "streamClosed"; id: number } & StreamEnd)
  | { on: "settings"; maxConcurrentStreams: number }
  | { on: "goaway"; last: number; code: number; debug: string }
  | { on: "available"; count: number }
  | { on: "threw"; message: string }
  | ({ on: "closed" } & ConnectionEnd);

/** What a test does with a stream when something came on it. */
interface Reactions {
  /** On a server; the stream is recorded already. */
  request?(stream: Stream, headers: ReceivedHeaders, endStream: boolean): void;
  data?(stream: Stream, octets: number, endStream: boolean): void;
  headers?(stream: Stream, kind: HeadersKind, endStream: boolean): void;
  writable?(stream: Stream, credit: number): void;
  streamClosed?(stream: Stream, end: StreamEnd): void;
}

export interface RecorderOptions extends Reactions {
  /** Record data, as text. Default true. */
  readonly texts?: boolean;
  /** Consume data as it comes. Default true. */
  readonly consume?: boolean;
  /** Release streams as they end. Default true. */
  readonly release?: boolean;
  /** Record requests that are too large, and answer them in `request`. Default false: they are reset. */
  readonly takesTooLarge?: boolean;
}

/** Turns a connection's calls into a list. */
export class Recorder implements ConnectionHandler {
  readonly events: Event[] = [];
  readonly streams: Map<number, Stream> = new Map<number, Stream>();
  /** Calls of `outputReady()`. */
  woken: number = 0;
  streamTooLarge?: (stream: Stream, headers: ReceivedHeaders, endStream: boolean) => StreamHandler;
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions = {}) {
    this.#options = options;
    if (options.takesTooLarge === true) {
      this.streamTooLarge = (stream, headers, endStream) => {
        this.events.push({ on: "tooLarge", id: stream.id });
        return this.#take(stream, headers, endStream);
      };
    }
  }

  /** The events since the last call. */
  take(): Event[] {
    return this.events.splice(0);
  }

  stream(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
    const fields = headers.snapshot();
    this.events.push({ on: "request", id: stream.id, fields, end: endStream });
    return this.#take(stream, headers, endStream);
  }

  #take(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
    this.streams.set(stream.id, stream);
    this.#options.request?.(stream, headers, endStream);
    return this.follow(() => stream);
  }

  /** A handler for one stream, which exists when something comes on it. */
  follow(find: () => Stream): StreamHandler {
    const { events } = this;
    const options = this.#options;
    return {
      headers: (headers, kind, end) => {
        const stream = find();
        events.push({ on: kind, id: stream.id, fields: headers.snapshot(), end });
        options.headers?.(stream, kind, end);
      },
      data: (bytes, start, end, endStream) => {
        const stream = find();
        if (options.texts !== false) {
          const text = String.fromCharCode(...bytes.subarray(start, end));
          this.#recordData(stream.id, text, endStream);
        }
        if (options.consume !== false) stream.consume(end - start);
        options.data?.(stream, end - start, endStream);
      },
      writable: (credit) => {
        const stream = find();
        events.push({ on: "writable", id: stream.id, credit });
        options.writable?.(stream, credit);
      },
      closed: (end) => {
        const stream = find();
        events.push({ on: "streamClosed", id: stream.id, ...end });
        options.streamClosed?.(stream, end);
        if (options.release !== false) stream.release();
      },
    };
  }

  /** Data is one event however it was cut: what lies between two others. */
  #recordData(id: number, text: string, end: boolean): void {
    const last = this.events.at(-1);
    if (last?.on === "data" && last.id === id && !last.end) {
      last.text += text;
      last.end = end;
    } else {
      this.events.push({ on: "data", id, text, end });
    }
  }

  settings(remote: { readonly maxConcurrentStreams: number }): void {
    this.events.push({ on: "settings", maxConcurrentStreams: remote.maxConcurrentStreams });
  }

  goaway(last: number, code: number, debug: string): void {
    this.events.push({ on: "goaway", last, code, debug });
  }

  streamsAvailable(count: number): void {
    this.events.push({ on: "available", count });
  }

  threw(error: unknown): void {
    this.events.push({
      on: "threw",
      message: error instanceof Error ? error.message : String(error),
    });
  }

  closed(end: ConnectionEnd): void {
    this.events.push({ on: "closed", ...end });
  }

  outputReady(): void {
    this.woken++;
  }
}
